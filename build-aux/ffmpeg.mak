# FFmpeg with the ttm filter, in $(BUILD)/bin, and the tree's bundle where programs
# of that folder look for it ($(BUILD)/share). It links the
# libttm.a of this tree; a change of the filter compiles its files only and links again.

FF := $(BUILD)/ffmpeg
FILTER_C := $(wildcard $(SRC)/libavfilter_ttm/hosts/ffmpeg/*.[ch])
FF_PROGRAMS := $(BUILD)/bin/ffmpeg $(BUILD)/bin/ffprobe
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# As many jobs as the caller asked for, else one a core.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(CORES))

$(FF)/source.stamp: $(SRC)/build-aux/ffmpeg-source.sh \
        $(SRC)/build-aux/ffmpeg.sha256 \
        $(wildcard $(SRC)/patches/ffmpeg-*/*) $(BUILD)/ffmpeg.arguments
	$(Q)sh $(SRC)/build-aux/packages.sh ffmpeg
	$(Q)sh $(SRC)/build-aux/ffmpeg-source.sh $(FF) $(FFMPEG_SRC)
	$(Q)rm -rf $(FF)/build
	@touch $@

$(BUILD)/ffmpeg.arguments: FORCE
	@arguments="$(if $(HTTP_STATIC),http) $(FFMPEG_SRC) $(FFMPEG_CONFIGURE) $(LIBX264) $(SANITIZE)"; \
	    echo "$$arguments" | cmp -s - $@ || echo "$$arguments" >$@

# How FFmpeg finds this tree's library instead of an installed one.
$(FF)/pkgconfig/libttm.pc: $(BUILD)/config.mak
	@mkdir -p $(@D) $(FF)/lib
	@ln -sf $(abspath $(LIB_STATIC)) $(FF)/lib/
	@{ echo 'Name: libttm'; \
	   echo 'Description: the ttm library of a build tree'; \
	   echo 'Version: $(VERSION)'; \
	   echo 'Libs: -L$(abspath $(FF)/lib) -lttm $(LIBS)'; \
	   echo 'Cflags: -I$(abspath $(FF)/include)'; } >$@

$(FF)/include/ttm.h: $(SRC)/libavfilter_ttm/ttm.h
	@mkdir -p $(@D)
	@cp $< $@

# And how the filter reaches a language model.
FF_HTTP := $(if $(HTTP_STATIC),$(FF)/pkgconfig/libttm-http.pc $(FF)/include/ttm_http.h)
$(FF)/pkgconfig/libttm-http.pc: $(BUILD)/config.mak
	@mkdir -p $(@D) $(FF)/lib
	@ln -sf $(abspath $(HTTP_STATIC)) $(FF)/lib/
	@{ echo 'Name: libttm-http'; \
	   echo 'Description: libttm-http of a build tree'; \
	   echo 'Version: $(VERSION)'; \
	   echo 'Requires: libttm'; \
	   echo 'Libs: -L$(abspath $(FF)/lib) -lttm-http $(CURL_LIBS)'; \
	   echo 'Cflags: -I$(abspath $(FF)/include)'; } >$@

$(FF)/include/ttm_http.h: $(HTTP_DIR)/ttm_http.h
	@mkdir -p $(@D)
	@cp $< $@

# Frames on a Vulkan device, where there are headers that FFmpeg takes.
ifeq ($(HAVE_VULKAN),1)
$(FF)/vulkan.arguments: $(SRC)/build-aux/vulkan-headers.sh $(BUILD)/config.mak
	@mkdir -p $(@D)
	$(Q)if include=$$(CC='$(CC)' sh $< $(FF)/vulkan); then \
	    echo "--enable-vulkan $${include:+--extra-cflags=-I$$include}"; \
	else \
	    echo 'FFmpeg is built without Vulkan: no headers >= 1.3.277' >&2; \
	fi >$@
else
$(FF)/vulkan.arguments: $(BUILD)/config.mak
	@mkdir -p $(@D)
	@: >$@
endif

$(FF)/configure.stamp: $(FF)/source.stamp $(FF)/vulkan.arguments \
        $(SRC)/build-aux/ffmpeg-configure.sh \
        | $(LIB_STATIC) $(HTTP_STATIC) $(FF)/pkgconfig/libttm.pc $(FF)/include/ttm.h $(FF_HTTP)
	@echo '  CONFIG  FFmpeg'
	@mkdir -p $(FF)/build
	$(Q)cp $(FILTER_C) $(FF)/source/libavfilter/
	$(Q)cd $(FF)/build && \
	    PKG_CONFIG_PATH=$(abspath $(FF))/pkgconfig$${PKG_CONFIG_PATH:+:$$PKG_CONFIG_PATH} \
	    sh $(ROOT)/build-aux/ffmpeg-configure.sh $(abspath $(FF))/source \
	    $(LIBX264) --cc='$(CC)' \
	    $(if $(SANITIZE),--extra-cflags=-fsanitize=$(SANITIZE) \
	        --extra-ldflags=-fsanitize=$(SANITIZE)) \
	    $$(cat $(abspath $(FF))/vulkan.arguments) \
	    $(FFMPEG_CONFIGURE) >configure.log 2>&1 || \
	    { tail -n 20 configure.log >&2; \
	      echo 'FFmpeg cannot be configured, see $(FF)/build/configure.log' >&2; \
	      exit 1; }
	@touch $@

$(FF)/build.stamp: $(FF)/configure.stamp $(LIB_STATIC) $(HTTP_STATIC) \
        $(FILTER_C) $(FF)/include/ttm.h $(FF_HTTP)
	@echo '  MAKE    FFmpeg (about two minutes on two cores when new)'
	$(Q)cp $(FILTER_C) $(FF)/source/libavfilter/
	$(Q)rm -f $(FF)/build/ffmpeg $(FF)/build/ffmpeg_g \
	    $(FF)/build/ffprobe $(FF)/build/ffprobe_g
	+$(Q)$(MAKE) --no-print-directory -C $(FF)/build $(JOBS) MAKEOVERRIDES= \
	    ffmpeg ffprobe >$(FF)/build.log 2>&1 || \
	    { grep -iE -A3 'error|undefined' $(FF)/build.log | head -n 40 >&2; \
	      echo 'FFmpeg cannot be built, see $(FF)/build.log' >&2; exit 1; }
	@mkdir -p $(BUILD)/bin
	$(Q)cp $(FF)/build/ffmpeg $(FF)/build/ffprobe $(BUILD)/bin/
	@mkdir -p $(BUILD)/share/ttm
	@ln -sfn $(ROOT)/models $(BUILD)/share/ttm/models
	@touch $@

$(FF_PROGRAMS): $(FF)/build.stamp
	@[ -e $@ ] || cp $(FF)/build/$(@F) $@

ffmpeg: $(FF_PROGRAMS)

# The series of patches: what they repeat of the tree, and in $(BUILD)/patches as they
# could be sent to FFmpeg.
patches:
	$(Q)sh $(SRC)/build-aux/patches.sh $(SRC)/patches $(BUILD)/patches

.PHONY: patches

demo: | $(BUILD)/config.mak
	+$(Q)MAKE='$(MAKE) $(JOBS) -C $(CURDIR) -f $(firstword $(MAKEFILE_LIST)) BUILD=$(BUILD)' \
	    sh $(SRC)/scripts/demo.sh $(abspath $(BUILD))

.PHONY: ffmpeg demo
