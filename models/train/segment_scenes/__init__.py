# SPDX-License-Identifier: CC0-1.0
"""Composites of photographs for the segmenter: an image and whose pixel each is."""
