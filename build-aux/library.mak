# libttm.a and libttm.so. Every C file below libavfilter_ttm belongs to the
# library, except the hosts' glue.

LIB_C := $(sort $(wildcard $(SRC)/libavfilter_ttm/*.c \
                           $(SRC)/libavfilter_ttm/*/*.c \
                           $(SRC)/libavfilter_ttm/backend/*/*.c))
LIB_C := $(filter-out $(SRC)/libavfilter_ttm/hosts/%,$(LIB_C))
ifneq ($(HAVE_VULKAN),1)
LIB_C := $(filter-out $(SRC)/libavfilter_ttm/backend/vulkan/%,$(LIB_C))
endif
LIB_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(LIB_C))
include $(SRC)/build-aux/shaders.mak
LIB_O += $(SHADER_O)

INCLUDES := -I$(BUILD) -I$(SRC)/libavfilter_ttm
DEPFLAGS = -MMD -MP

LIB_STATIC := $(BUILD)/libttm.a
LIB_SONAME := libttm.so.$(SOVERSION)
LIB_SHARED := $(BUILD)/libttm.so
LIBRARIES := $(LIB_STATIC) $(LIB_SHARED)

$(BUILD)/obj/%.o: $(SRC)/%.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) -fPIC -fvisibility=hidden $(DEPFLAGS) \
	    -c -o $@ $<

# Rebuilt when a file appears or goes, not only when one changes.
$(BUILD)/obj/library.list: FORCE
	@mkdir -p $(@D)
	@echo '$(LIB_O)' | cmp -s - $@ || echo '$(LIB_O)' >$@

$(LIB_STATIC): $(LIB_O) $(BUILD)/obj/library.list
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_O)

# Names of functions that are compiled for several kinds of processor escape
# -fvisibility=hidden, so the linker is told what the header declares.
LIB_MAP := $(BUILD)/obj/libttm.map
$(LIB_MAP): $(SRC)/libavfilter_ttm/ttm.h
	@mkdir -p $(@D)
	@{ echo 'LIBTTM_$(SOVERSION) { global:'; \
	   sed -n 's/^TTM_API .*[ *]\(ttm_[a-z0-9_]*\)(.*/    \1;/p' $<; \
	   echo '  local: *; };'; } >$@

$(LIB_SHARED): $(LIB_O) $(LIB_MAP) $(BUILD)/obj/library.list
	$(call say,LINK,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(LIB_SONAME) \
	    -Wl,--version-script=$(LIB_MAP) $(if $(SANITIZE),,-Wl,-z,defs) -o $@ $(LIB_O) \
	    $(LDFLAGS) $(LIBS)
	$(Q)ln -sf libttm.so $(BUILD)/$(LIB_SONAME)

-include $(LIB_O:.o=.d)

.PHONY: FORCE
FORCE:
