# `make check-reference`: this library against PyTorch, diffusers and
# transformers (docs/reference.md). Python's packages go to the build folder;
# REFERENCE_PYTHON names an interpreter that has them already, and
# REFERENCE_ARGUMENTS goes to tests/ref/check/check.py.

REFERENCE_VENV = $(abspath $(BUILD))/reference/venv
REFERENCE_PYTHON ?= $(REFERENCE_VENV)/bin/python
REFERENCE_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,\
                 $(sort $(wildcard $(SRC)/tests/ref/compare/*.c)))

$(BUILD)/obj/tests/ref/compare/%.o: $(SRC)/tests/ref/compare/%.c $(BUILD)/config.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDES) -I$(SRC)/tests $(CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(BUILD)/tests/ref/compare: $(REFERENCE_O) $(BUILD)/obj/tests/nets/netcase.o \
        $(LIB_STATIC) | check-packages
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $(filter-out check-packages,$^) $(LDFLAGS) $(PROGRAM_LDFLAGS) $(CMOCKA_LIBS) $(LIBS)

-include $(wildcard $(BUILD)/obj/tests/ref/compare/*.d)

# Made anew only when the requirements say something else, whatever their date.
$(REFERENCE_VENV)/complete: $(SRC)/tests/ref/requirements.txt
	$(Q)sh $(SRC)/build-aux/packages.sh python
	$(Q)cmp -s $< $@ || { \
	    echo '  PYTHON  $(@D)' && rm -rf $(@D) && mkdir -p $(dir $(@D)) && \
	    python3 -m venv $(@D) && \
	    $(@D)/bin/python -m pip install -q --disable-pip-version-check -r $< && \
	    cp $< $@; }
	$(Q)touch $@

check-reference: $(BUILD)/tests/ref/compare \
        $(if $(filter $(REFERENCE_VENV)/%,$(REFERENCE_PYTHON)),$(REFERENCE_VENV)/complete)
	$(Q)$(REFERENCE_PYTHON) $(SRC)/tests/ref/check/check.py \
	    --program $(abspath $<) --folder $(abspath $(BUILD))/reference \
	    $(REFERENCE_ARGUMENTS)

.PHONY: check-reference
