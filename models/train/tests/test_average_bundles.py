# SPDX-License-Identifier: CC0-1.0
"""The mean of two bundles' weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from average_bundles import average, weight_file


def write(folder: Path, **tensors: torch.Tensor) -> Path:
    folder.mkdir()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_mean_in_its_own_type(tmp_path: Path) -> None:
    before = write(tmp_path / "a", x=torch.tensor([0.0, 2.0]).half())
    after = write(tmp_path / "b", x=torch.tensor([4.0, 2.0]).half())
    average(weight_file(before), weight_file(after), 0.25)
    mean = load_file(weight_file(after))["x"]
    assert mean.dtype == torch.float16
    assert mean.tolist() == [1.0, 2.0]
    assert load_file(weight_file(before))["x"].tolist() == [0.0, 2.0]


def test_others_are_refused(tmp_path: Path) -> None:
    before = write(tmp_path / "a", x=torch.zeros(2))
    after = write(tmp_path / "b", x=torch.zeros(3))
    with pytest.raises(ValueError, match="other tensors"):
        average(weight_file(before), weight_file(after), 0.5)
    with pytest.raises(ValueError, match="0 weight files"):
        weight_file(tmp_path)
