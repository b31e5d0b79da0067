# Build of ttm with GNU make: `make`, `make check`, `make demo`, `make help`.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

BUILD ?= build

SRC := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
ROOT := $(SRC)
ifeq ($(SRC),$(realpath $(CURDIR)))
SRC := .
endif

all:

# Goals that install missing packages before they configure.
PROVISION := $(filter-out check-train,\
    $(filter check demo ffmpeg frei0r deps check-%,$(MAKECMDGOALS)))

ifneq ($(filter-out clean distclean help check-train,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mak
endif

$(BUILD)/config.mak: $(SRC)/configure $(SRC)/libavfilter_ttm/ttm.h
	$(if $(PROVISION),sh $(SRC)/build-aux/packages.sh build)
	@mkdir -p $(BUILD)
	cd $(BUILD) && sh $(ROOT)/configure $(CONFIGURE_ARGUMENTS)

ifeq ($(V),1)
Q :=
else
Q := @
endif
say = @printf '  %-8s%s\n' '$(1)' '$(patsubst $(SRC)/%,%,$(2))'

include $(SRC)/build-aux/library.mak
include $(SRC)/build-aux/http.mak
include $(SRC)/build-aux/frei0r.mak
include $(SRC)/build-aux/tests.mak
include $(SRC)/build-aux/reference.mak
include $(SRC)/build-aux/install.mak
include $(SRC)/build-aux/ffmpeg.mak
include $(SRC)/build-aux/ffmpeg-other.mak

all: $(LIBRARIES) $(HTTP_STATIC) $(FREI0R_PLUGIN)

deps:
	$(Q)sh $(SRC)/build-aux/packages.sh build check ffmpeg

clean:
	rm -rf $(BUILD)/obj $(BUILD)/tests $(BUILD)/bin $(BUILD)/lib* \
	    $(BUILD)/frei0r-1 $(BUILD)/patches $(BUILD)/*.7 $(BUILD)/demo $(BUILD)/share $(BUILD)/stage

distclean:
	rm -rf build
	@[ "$(BUILD)" = build ] || rm -rf $(BUILD)/config.* $(BUILD)/obj \
	    $(BUILD)/tests $(BUILD)/bin $(BUILD)/lib* $(BUILD)/frei0r-1 $(BUILD)/demo \
	    $(BUILD)/patches $(BUILD)/*.7 \
	    $(BUILD)/share $(BUILD)/ffmpeg $(BUILD)/ffmpeg-other $(BUILD)/reference $(BUILD)/stage $(BUILD)/Makefile

help:
	@echo 'make            libttm.a and libttm.so in $(BUILD)/'
	@echo 'make ffmpeg     ffmpeg and ffprobe with the ttm filter in $(BUILD)/bin'
	@echo 'make frei0r     the plugin for an ffmpeg of the distribution, MLT, Kdenlive'
	@echo 'make patches    bring patches/ up to date with the tree; for FFmpeg: $(BUILD)/patches'
	@echo 'make demo       everything from nothing: two clips in $(BUILD)/demo'
	@echo 'make check      all tests; ends with one line of counts'
	@echo 'make check-unit tests of the library only; check-lint, check-api,'
	@echo '                check-ffmpeg, check-hosts: the other parts'
	@echo 'make check-newer-mesa  the Vulkan tests on a newer software device (root)'
	@echo 'make check-swiftshader the Vulkan tests on a device that has f32 only'
	@echo 'make check-full-ffmpeg  the patches on a distribution'"'"'s FFmpeg, all of it (root)'
	@echo 'make check-llama   the option llm against llama.cpp (root)'
	@echo 'make check-compilers   compile the kernels for GPUs that are not there (root)'
	@echo 'make check-train tests of the training programs and of MotionBench'
	@echo 'make check-diffusion  the recipe of a draft for diffusers (PyTorch as well)'
	@echo 'make fuzz MINUTES=1  libFuzzer with sanitizers on each kind of input (clang)'
	@echo 'make check-static     cppcheck and clang-tidy; check-warnings: gcc and clang'
	@echo 'make nightly    every fault, 200 moments, fuzzing (docs/robustness.md)'
	@echo 'make full-size  networks of the size of Stable Diffusion 1.5 against PyTorch'
	@echo 'make bench      speed of every kernel: bench-cpu and bench-vulkan'
	@echo 'make check-reference  against PyTorch, in a Python environment of its own'
	@echo 'make deps       install the missing packages'
	@echo 'make install    below PREFIX (DESTDIR=...), make uninstall'
	@echo 'make clean      remove what was built, but not FFmpeg; distclean: all'
	@echo 'V=1             show the commands'

.PHONY: all deps clean distclean help
.DELETE_ON_ERROR:
