# The other release of FFmpeg that the patches are for, 7.1 beside 9.0 and the other way round,
# with what the FATE tests of the filter need and no more. Where its source cannot be had a file
# `missing` says so, and the test that wants it is skipped.

FF_OTHER := $(BUILD)/ffmpeg-other

$(FF_OTHER)/source.stamp: $(FF)/source.stamp
	@mkdir -p $(@D)
	$(Q)rm -rf $(FF_OTHER)/build $(FF_OTHER)/missing
	$(Q)case $$(cat $(FF)/source/RELEASE) in 7.1*) release=9.0 ;; *) release=7.1 ;; esac; \
	    sh $(SRC)/build-aux/ffmpeg-source.sh $(FF_OTHER) $$release || \
	    { [ $$? = 2 ] && echo "FFmpeg $$release" >$(FF_OTHER)/missing; }
	@touch $@

$(FF_OTHER)/configure.stamp: $(FF_OTHER)/source.stamp $(SRC)/build-aux/ffmpeg-fate.sh \
        | $(LIB_STATIC) $(FF)/pkgconfig/libttm.pc $(FF)/include/ttm.h
	@mkdir -p $(FF_OTHER)/build
	$(Q)[ -e $(FF_OTHER)/missing ] || { \
	    echo '  CONFIG  the other FFmpeg' && \
	    cp $(FILTER_C) $(FF_OTHER)/source/libavfilter/ && cd $(FF_OTHER)/build && \
	    PKG_CONFIG_PATH=$(abspath $(FF))/pkgconfig$${PKG_CONFIG_PATH:+:$$PKG_CONFIG_PATH} \
	    sh $(ROOT)/build-aux/ffmpeg-fate.sh $(abspath $(FF_OTHER))/source --cc='$(CC)' \
	    $(if $(SANITIZE),--extra-cflags=-fsanitize=$(SANITIZE) \
	        --extra-ldflags=-fsanitize=$(SANITIZE)) >configure.log 2>&1 || \
	    { tail -n 20 configure.log >&2; \
	      echo 'FFmpeg cannot be configured, see $(FF_OTHER)/build/configure.log' >&2; \
	      exit 1; }; }
	@touch $@

$(FF_OTHER)/build.stamp: $(FF_OTHER)/configure.stamp $(LIB_STATIC) \
        $(FILTER_C) $(FF)/include/ttm.h
	$(Q)[ -e $(FF_OTHER)/missing ] || { \
	    echo '  MAKE    the other FFmpeg, for its FATE tests' && \
	    cp $(FILTER_C) $(FF_OTHER)/source/libavfilter/ && \
	    rm -f $(FF_OTHER)/build/ffmpeg* $(FF_OTHER)/build/ffprobe*; }
	+$(Q)[ -e $(FF_OTHER)/missing ] || \
	    $(MAKE) --no-print-directory -C $(FF_OTHER)/build $(JOBS) MAKEOVERRIDES= \
	    ffmpeg ffprobe >$(FF_OTHER)/build.log 2>&1 || \
	    { grep -iE -A3 'error|undefined' $(FF_OTHER)/build.log | head -n 40 >&2; \
	      echo 'FFmpeg cannot be built, see $(FF_OTHER)/build.log' >&2; exit 1; }
	@touch $@

ffmpeg-other: $(FF_OTHER)/build.stamp

.PHONY: ffmpeg-other
