# Shaders: shaders/x.comp -> x_TYPE.spv -> x_TYPE.c, an array ttm_spv_x_TYPE.
# TYPE is that of the stored elements; each shader below is made for all types
# of its line.

ifeq ($(HAVE_VULKAN),1)

SHADERS_FLOAT := linear linear_any linear_soft conv2d conv2d_any conv2d_soft \
                 attention attention_soft norm_stats norm_apply layer_norm add activate \
                 combine embedding timestep mask_nearest mask_paint picture_values \
                 window fourier product
SHADERS_MOVE  := move
SHADERS_COOP  := $(if $(filter 1,$(HAVE_COOPMAT)),linear_coop conv2d_coop attention_coop)
SHADERS_COOP2 := $(if $(filter 1,$(HAVE_COOPMAT2)),$(foreach s,linear conv2d attention,\
                   $(s)_coop2 $(s)_coop2_subgroup))
SHADERS_U32   := norm_finish regions_count regions_scan regions_scatter regions_work \
                 mask_cells mask_lost mask_boxes mask_sets pixels
SHADERS_F32   := $(patsubst %,picture_%,resample pack carry change smooth compose)

SHADER_NAMES := $(foreach t,f32 f16 bf16,$(SHADERS_FLOAT:=_$(t))) \
                $(foreach t,u8 u16 u32,$(SHADERS_MOVE:=_$(t))) \
                $(SHADERS_COOP:=_f16) $(SHADERS_COOP2:=_f16) $(SHADERS_F32:=_f32) $(SHADERS_U32:=_u32)

SHADER_DIR := $(BUILD)/obj/shaders
SHADER_O   := $(patsubst %,$(SHADER_DIR)/%.o,$(SHADER_NAMES))
SHADER_INC := $(wildcard $(SRC)/shaders/*.glsl)

# Matrices of VK_NV_cooperative_matrix2 are of a later SPIR-V.
shader_env = vulkan$(if $(findstring _coop2,$(1)),1.3,1.2)

define shader_type
$(SHADER_DIR)/%_$(1).spv: $(SRC)/shaders/%.comp $(SHADER_INC) \
        $(BUILD)/config.flags
	$$(call say,GLSL,$$<)
	@mkdir -p $$(@D)
	$(Q)$(GLSLANG) -V --quiet --target-env $$(call shader_env,$$*) -I$(SRC)/shaders \
	    -DTYPE_$(2) -o $$@ $$<
endef
$(eval $(call shader_type,f32,F32))
$(eval $(call shader_type,f16,F16))
$(eval $(call shader_type,bf16,BF16))
$(eval $(call shader_type,u8,U8))
$(eval $(call shader_type,u16,U16))
$(eval $(call shader_type,u32,U32))

SPV2C := $(BUILD)/obj/spv2c

$(SPV2C): $(SRC)/build-aux/spv2c.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -O1 -o $@ $<

$(SHADER_DIR)/%.c: $(SHADER_DIR)/%.spv $(SPV2C)
	$(Q)$(SPV2C) $< $@ ttm_spv_$*

$(SHADER_DIR)/%.o: $(SHADER_DIR)/%.c $(SRC)/libavfilter_ttm/backend/vulkan/spirv.h
	$(Q)$(CC) $(INCLUDES) $(CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

endif
