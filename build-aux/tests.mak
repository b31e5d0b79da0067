# Programs of the tests: tests/AREA/test_*.c, each linked with the other C
# files of its folder (helpers) and with libttm.a, and run in the source folder.

TEST_AREAS := unit kernels nets
TEST_C := $(sort $(foreach area,$(TEST_AREAS),\
                   $(wildcard $(SRC)/tests/$(area)/test_*.c)))
TESTS := $(patsubst $(SRC)/%.c,$(BUILD)/%,$(TEST_C))
test_helpers = $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(filter-out \
    $(SRC)/tests/$(1)/test_%,$(sort $(wildcard $(SRC)/tests/$(1)/*.c))))

define test_area
$(BUILD)/obj/tests/$(1)/%.o: $(SRC)/tests/$(1)/%.c $(BUILD)/config.flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$(Q)$(CC) $(INCLUDES) -I$(SRC)/tests $(CFLAGS) $(DEPFLAGS) -c -o $$@ $$<

$(BUILD)/tests/$(1)/test_%: $(BUILD)/obj/tests/$(1)/test_%.o \
        $(call test_helpers,$(1)) $(LIB_STATIC)
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$(Q)$(CC) -o $$@ $$^ $(LDFLAGS) $(CMOCKA_LIBS) $(LIBS)

-include $$(wildcard $(BUILD)/obj/tests/$(1)/*.d)
endef
$(foreach area,$(TEST_AREAS),$(eval $(call test_area,$(area))))

.SECONDARY:

tests: $(TESTS)

check: tests $(LIBRARIES)
	$(Q)cd $(SRC) && sh tests/run.sh $(abspath $(BUILD)) unit

check-unit: tests
	$(Q)cd $(SRC) && sh tests/run.sh $(abspath $(BUILD)) unit

.PHONY: tests check check-unit
