# Tests. Programs are tests/AREA/test_*.c, each linked with the other C files
# of its folder (helpers) and with libttm.a; scripts are tests/AREA/test_*.sh.
# All speak TAP and run in the source folder with BUILD in the environment.

TEST_AREAS := unit kernels nets faults $(if $(FREI0R_PLUGIN),frei0r) $(if $(HTTP_STATIC),http)
TEST_C := $(sort $(foreach area,$(TEST_AREAS),\
                   $(wildcard $(SRC)/tests/$(area)/test_*.c)))
TESTS := $(patsubst $(SRC)/%.c,$(BUILD)/%,$(TEST_C))
test_helpers = $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(filter-out \
    $(SRC)/tests/$(1)/test_%,$(sort $(wildcard $(SRC)/tests/$(1)/*.c))))

# In builds with sanitizers.
SANITIZE_O := $(if $(SANITIZE),$(BUILD)/obj/tests/sanitize/drivers.o)

$(BUILD)/obj/tests/sanitize/%.o: $(SRC)/tests/sanitize/%.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(DEPFLAGS) -c -o $@ $<

define test_area
$(BUILD)/obj/tests/$(1)/%.o: $(SRC)/tests/$(1)/%.c $(BUILD)/config.flags | check-packages
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$(Q)$(CC) $(INCLUDES) -I$(SRC)/tests $(CFLAGS) $(DEPFLAGS) -c -o $$@ $$<

$(BUILD)/tests/$(1)/test_%: $(BUILD)/obj/tests/$(1)/test_%.o \
        $(call test_helpers,$(1)) $(SANITIZE_O) $(LIB_STATIC)
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$(Q)$(CC) -o $$@ $$^ $$(LDFLAGS) $(PROGRAM_LDFLAGS) $(CMOCKA_LIBS) $(LIBS)

-include $$(wildcard $(BUILD)/obj/tests/$(1)/*.d)
endef
$(foreach area,$(TEST_AREAS),$(eval $(call test_area,$(area))))

# Stands in for the Vulkan loader.
$(BUILD)/tests/unit/test_vulkan_open: LDFLAGS += -Wl,--wrap=dlopen,--wrap=dlsym

# Beside libttm: what opens connections, and a server for it.
$(BUILD)/tests/http/test_http: $(HTTP_STATIC)
$(BUILD)/tests/http/test_http: LDFLAGS += $(CURL_LIBS)

# An engine that lets frames go.
$(BUILD)/tests/frei0r/test_parts: $(FREI0R_O) $(HTTP_STATIC)
$(BUILD)/tests/frei0r/test_parts: LDFLAGS += -Wl,--wrap=ttm_get_frame,--wrap=ttm_set_image $(CURL_LIBS)
$(BUILD)/tests/frei0r/test_plugin: | $(FREI0R_PLUGIN)

# Calls of the library that fail when they are told to.
WRAPPED := malloc calloc realloc aligned_alloc free open stat fstat pread write rename \
           opendir readdir newlocale pthread_create dlsym
$(BUILD)/tests/faults/%: LDFLAGS += $(WRAPPED:%=-Wl,--wrap=%) -rdynamic

.SECONDARY:

$(BUILD)/tests/ffmpeg/options: $(SRC)/tests/ffmpeg/options.c $(LIB_STATIC)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) -o $@ $< $(LIB_STATIC) $(LDFLAGS) $(PROGRAM_LDFLAGS) $(LIBS)

# A program of a test of hosts, where there is a plugin.
HOSTS_PROGRAMS := $(if $(FREI0R_PLUGIN),$(BUILD)/tests/hosts/params)
$(BUILD)/tests/hosts/params: $(SRC)/tests/hosts/params.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $< $(LDFLAGS) $(LIBS)

# For tests/motionbench/measure_plate.py and measure_matting.py.
$(BUILD)/tests/plate/%: $(SRC)/tests/plate/%.c $(SRC)/tests/plate/raw.c $(LIB_STATIC)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) -o $@ $(filter %.c,$^) $(LIB_STATIC) $(LDFLAGS) $(PROGRAM_LDFLAGS) $(LIBS)

scripts_of = $(patsubst $(SRC)/%,%,$(sort $(wildcard $(SRC)/tests/$(1)/test_*.sh)))
run_tests = cd $(SRC) && BUILD='$(abspath $(BUILD))' CC='$(CC)' \
    MAKE='$(MAKE) -C $(CURDIR) -f $(firstword $(MAKEFILE_LIST)) BUILD=$(BUILD)' \
    sh tests/run.sh $(TEST_LOGS)
TEST_LOGS = $(abspath $(BUILD))/tests/logs

CHECK_UNIT := $(abspath $(TESTS)) $(call scripts_of,kernels)
CHECK_LINT := $(call scripts_of,lint)
CHECK_API := $(call scripts_of,api)
CHECK_FFMPEG := $(call scripts_of,ffmpeg)
# PyTorch is needed for one of them.
CHECK_DIFFUSION := tests/hosts/test_diffusion.sh
CHECK_HOSTS := $(filter-out $(CHECK_DIFFUSION),$(call scripts_of,hosts))

CHECK_PACKAGES := build check ffmpeg

check-packages:
	$(Q)sh $(SRC)/build-aux/packages.sh $(CHECK_PACKAGES)

tests: $(TESTS)

# All that the tests of make check run.
check-programs: tests $(LIBRARIES) ffmpeg ffmpeg-other $(BUILD)/tests/ffmpeg/options $(HOSTS_PROGRAMS)

check: check-programs
	+$(Q)$(run_tests) $(CHECK_LINT) $(CHECK_UNIT) $(CHECK_API) $(CHECK_FFMPEG) \
	    $(CHECK_HOSTS)

check-unit: tests
	$(Q)$(run_tests) $(CHECK_UNIT)

check-lint:
	$(Q)$(run_tests) $(CHECK_LINT)

check-api: $(LIBRARIES)
	+$(Q)$(run_tests) $(CHECK_API)

check-ffmpeg: ffmpeg ffmpeg-other $(BUILD)/tests/ffmpeg/options \
        $(if $(HTTP_STATIC),$(BUILD)/tests/http/test_http)
	$(Q)$(run_tests) $(CHECK_FFMPEG)

check-hosts: ffmpeg $(FREI0R_PLUGIN) $(HOSTS_PROGRAMS) $(BUILD)/tests/ffmpeg/options
	$(Q)$(run_tests) $(CHECK_HOSTS)

# Training from nothing in miniature, the scenes, and the metrics of
# tests/motionbench. Needs PyTorch: models/train makes itself an environment,
# or TRAIN_PYTHON=python3 names one that has models/train/requirements.txt.
check-train:
	$(if $(TRAIN_PYTHON),,$(Q)sh $(SRC)/build-aux/packages.sh python)
	$(Q)$(MAKE) --no-print-directory -C $(SRC)/models/train check \
	    $(if $(TRAIN_PYTHON),PY=$(TRAIN_PYTHON))

# A draft through a pipeline of diffusers, in the same environment. Its logs are its own,
# as it may run beside make check.
check-diffusion: TEST_LOGS = $(abspath $(BUILD))/tests/logs-diffusion
check-diffusion: ffmpeg
	$(if $(TRAIN_PYTHON),,$(Q)sh $(SRC)/build-aux/packages.sh python)
	$(Q)$(MAKE) --no-print-directory -C $(SRC)/models/train python \
	    $(if $(TRAIN_PYTHON),PY=$(TRAIN_PYTHON))
	$(Q)export PYTHON='$(or $(TRAIN_PYTHON),models/train/.venv/bin/python)' && \
	    $(run_tests) $(CHECK_DIFFUSION)

# The library's own tests in builds with sanitizers. The thread sanitizer sees neither
# into oneDNN's OpenMP nor into the threads of a software device.
check-sanitize:
	+$(Q)for list in address,undefined thread; do \
	    echo "sanitizer $$list" && mkdir -p $(BUILD)/sanitize-$$list && \
	    ([ $$list != thread ] || \
	     export VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent; \
	     cd $(BUILD)/sanitize-$$list && \
	     sh $(ROOT)/configure --sanitize=$$list \
	        $$([ $$list != thread ] || echo --disable-onednn) >/dev/null && \
	     $(MAKE) --no-print-directory BUILD=. check-unit) || exit 1; \
	done

# The tests of the CPU's backend under valgrind: half an hour and more.
check-valgrind:
	$(Q)sh $(SRC)/build-aux/packages.sh build check valgrind
	+$(Q)mkdir -p $(BUILD)/valgrind && cd $(BUILD)/valgrind && \
	    sh $(ROOT)/configure --disable-onednn --disable-vulkan >/dev/null && \
	    $(MAKE) --no-print-directory BUILD=. tests
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))/valgrind' sh tests/valgrind.sh

# What cppcheck and clang-tidy find, without running anything. STATIC_FILES=20 takes as many
# files, drawn at random.
check-static: $(LIB_STATIC) ffmpeg
	$(Q)sh $(SRC)/build-aux/packages.sh build check static
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' CFLAGS='$(CFLAGS)' \
	    HOST_FLAGS='$(HOST_FLAGS)' sh tests/static.sh

# What no goal but check-warnings compiles together: programs that are not tests, fuzz
# targets, and what includes the headers of FFmpeg, in whose code an index is an int.
OTHER_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(foreach area,\
    api ffmpeg full fuzz hosts llama plate ref/compare sanitize,\
    $(sort $(wildcard $(SRC)/tests/$(area)/*.c))))
HOST_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,\
    $(sort $(wildcard $(SRC)/libavfilter_ttm/hosts/ffmpeg/*.c)) $(SRC)/tests/ffmpeg/props.c)
HOST_FLAGS = -I$(abspath $(FF))/include $(patsubst %,-isystem $(abspath $(FF))/%,\
    build source source/libavfilter) -Wno-sign-compare -Wno-unused-parameter

$(HOST_O): $(BUILD)/obj/%.o: $(SRC)/%.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(HOST_FLAGS) $(DEPFLAGS) -c -o $@ $<

all-objects: $(OTHER_O) $(HOST_O)

# The library, its hosts and all tests with warnings as errors, by gcc and by clang, and
# once more without optimization, where other warnings show.
check-warnings: ffmpeg
	$(Q)sh $(SRC)/build-aux/packages.sh build check fuzz
	+$(Q)for way in gcc clang gcc,--enable-debug; do \
	    echo "warnings $$way" && mkdir -p $(BUILD)/warnings-$$way && \
	    (cd $(BUILD)/warnings-$$way && \
	     sh $(ROOT)/configure --cc=$$(echo $$way | sed 's/,/ /') --enable-werror \
	        >/dev/null && \
	     $(MAKE) --no-print-directory BUILD=. FF='$(abspath $(FF))' \
	         all tests all-objects) || exit 1; \
	done

# make fuzz MINUTES=10 FUZZ='json lora': libFuzzer on what comes from outside
# (tests/fuzz), with sanitizers and without what no input reaches: oneDNN and Vulkan.
FUZZ_NAMES := $(patsubst $(SRC)/tests/fuzz/fuzz_%.c,%,\
                  $(sort $(wildcard $(SRC)/tests/fuzz/fuzz_*.c)))
FUZZ ?= $(FUZZ_NAMES)
FUZZ_BUILD := $(abspath $(BUILD))/fuzz
CLANG ?= clang

fuzz:
	$(Q)sh $(SRC)/build-aux/packages.sh build fuzz
	$(Q)mkdir -p $(FUZZ_BUILD) && cd $(FUZZ_BUILD) && { [ -f config.mak ] || \
	    sh $(ROOT)/configure --cc='$(CLANG)' --sanitize=address,undefined \
	        --extra-cflags=-fsanitize=fuzzer-no-link --disable-onednn \
	        --disable-vulkan >/dev/null; }
	+$(Q)$(MAKE) --no-print-directory -C $(FUZZ_BUILD) BUILD=. fuzz-programs
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' \
	    SECONDS_EACH='$(or $(SECONDS_EACH),$(if $(MINUTES),$(MINUTES)*60,10))' \
	    sh tests/fuzz/run.sh $(FUZZ)

# Hours; prints the counts of docs/robustness.md.
nightly: tests ffmpeg
	+$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' \
	    MAKE='$(MAKE) -C $(CURDIR) -f $(firstword $(MAKEFILE_LIST)) BUILD=$(BUILD)' \
	    sh tests/nightly.sh

FUZZ_PROGRAMS := $(FUZZ_NAMES:%=$(BUILD)/tests/fuzz/%)
fuzz-programs: $(FUZZ_PROGRAMS)

$(BUILD)/obj/tests/fuzz/%.o: $(SRC)/tests/fuzz/%.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/fuzz.o \
        $(LIB_STATIC)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer -o $@ $^ $(LDFLAGS) $(PROGRAM_LDFLAGS) $(LIBS)

# Invents weights of any shape.
$(BUILD)/tests/fuzz/finders: LDFLAGS += -Wl,--wrap=ttm_part_tensor

-include $(wildcard $(BUILD)/obj/tests/fuzz/*.d)

.PHONY: check-valgrind check-static check-warnings all-objects fuzz fuzz-programs nightly

# The Vulkan backend on a newer software device, which has cooperative matrices.
check-newer-mesa:
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' sh tests/newer-mesa.sh

# The same on a software device that is not Mesa's and has f32 only.
check-swiftshader: tests
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' sh tests/swiftshader.sh

# FFmpeg as a distribution configures it, with the patches.
check-full-ffmpeg:
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' sh tests/full-ffmpeg.sh

# The option llm against llama.cpp's server of a newer distribution.
check-llama: ffmpeg
	$(Q)$(run_tests) tests/llama.sh

# What the compilers of Mesa's drivers of GPUs make of the kernels.
check-compilers:
	$(Q)cd $(SRC) && BUILD='$(abspath $(BUILD))' sh tests/compilers.sh $(CASES)

# make motionbench FLAGS='--model NAME=PATH ...': measures the bundle
motionbench: ffmpeg
	+$(Q)$(MAKE) --no-print-directory -C $(SRC)/models/train motionbench \
	    BUILD='$(abspath $(BUILD))' FLAGS='$(FLAGS)' \
	    $(if $(TRAIN_PYTHON),PY=$(TRAIN_PYTHON))

.PHONY: motionbench
.PHONY: tests check check-programs check-newer-mesa check-swiftshader check-llama check-full-ffmpeg check-compilers check-packages \
    check-unit check-lint check-api check-ffmpeg check-hosts check-sanitize check-train check-diffusion

# make bench CASES='linear_f16 attention'; bench-vulkan DEVICE=vulkan:0 ...
bench: bench-cpu bench-vulkan

bench-cpu: $(BUILD)/tests/kernels/test_kernels
	$(Q)$< --bench --device cpu $(if $(THREADS),--threads '$(THREADS)') $(CASES)

bench-vulkan: $(BUILD)/tests/kernels/test_vulkan
	$(Q)$< --bench $(if $(DEVICE),--device '$(DEVICE)') $(CASES)

.PHONY: bench bench-cpu bench-vulkan

# make full-size FOLDER=build/full PYTHON=python3: networks of the size of Stable
# Diffusion 1.5 against PyTorch (tests/full/full_size.py)
$(BUILD)/tests/full/%: $(SRC)/tests/full/%.c $(LIB_STATIC)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) -o $@ $< $(LIB_STATIC) $(LDFLAGS) $(PROGRAM_LDFLAGS) $(LIBS)

full-size: $(BUILD)/tests/full/forward
	$(Q)$(or $(PYTHON),python3) $(SRC)/tests/full/full_size.py \
	    $(or $(FOLDER),$(BUILD)/full) --program $(abspath $<) $(ARGUMENTS)

# The same for SAM 2.1 (tests/full/full_sam2.py)
full-sam2: $(BUILD)/tests/full/forward
	$(Q)$(or $(PYTHON),python3) $(SRC)/tests/full/full_sam2.py \
	    $(or $(FOLDER),$(BUILD)/full) --program $(abspath $<) $(ARGUMENTS)

.PHONY: full-size full-sam2
