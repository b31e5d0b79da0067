# The frei0r plugin, where configure found frei0r.h: $(BUILD)/frei0r-1/ttm.so, with the
# library inside. It finds the tree's bundle in $(BUILD)/share, as ffmpeg does.

ifeq ($(HAVE_FREI0R),1)
FREI0R_DIR := $(SRC)/libavfilter_ttm/hosts/frei0r
FREI0R_C := $(wildcard $(FREI0R_DIR)/*.c)
FREI0R_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(FREI0R_C))
FREI0R_PLUGIN := $(BUILD)/frei0r-1/ttm.so

# Hosts load and unload plugins to list them; the threads of oneDNN's OpenMP would lose
# the code that they wait in.
$(FREI0R_PLUGIN): $(FREI0R_O) $(FREI0R_DIR)/f0r.map $(HTTP_STATIC) $(LIB_STATIC)
	$(call say,LINK,$@)
	@mkdir -p $(@D) $(BUILD)/share/ttm
	@ln -sfn $(ROOT)/models $(BUILD)/share/ttm/models
	$(Q)$(CC) -shared -Wl,-z,nodelete -Wl,--version-script=$(FREI0R_DIR)/f0r.map \
	    $(if $(SANITIZE),,-Wl,-z,defs) -o $@ $(FREI0R_O) $(HTTP_STATIC) \
	    $(LIB_STATIC) $(LDFLAGS) $(CURL_LIBS) $(LIBS)

frei0r: $(FREI0R_PLUGIN)

-include $(FREI0R_O:.o=.d)
else
FREI0R_PLUGIN :=

frei0r:
	@echo 'frei0r.h was not found (package frei0r-plugins-dev): run make deps, then configure' >&2
	@exit 1
endif

.PHONY: frei0r
