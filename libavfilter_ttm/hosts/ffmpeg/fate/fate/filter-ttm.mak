# The ttm filter without its networks, whose pixels depend on the processor: drafts are
# the same everywhere. libttm finds its model by itself or by the variable TTM_MODEL.

FATE_TTM_STILL      = testsrc=s=96x64:r=8,trim=end_frame=1
FATE_TTM_TRAJECTORY = color=black:s=160x64:r=8,format=bgr24,drawbox=x=72:y=16:w=24:h=24:c=red:t=fill,trim=end_frame=4,crop=96:64:64-12*n:0
FATE_TTM_INPUTS     = $(FATE_TTM_STILL)[s];$(FATE_TTM_TRAJECTORY)[t];[s][t]
FATE_TTM_DRAFT      = ttm=mode=draft:prompt=it:seed=1:device=cpu

FATE_TTM += fate-filter-ttm-draft
fate-filter-ttm-draft: CMD = framecrc -lavfi "$(FATE_TTM_INPUTS)$(FATE_TTM_DRAFT)"

FATE_TTM += fate-filter-ttm-draft-mask
fate-filter-ttm-draft-mask: CMD = framecrc -lavfi "$(FATE_TTM_INPUTS)$(FATE_TTM_DRAFT):emit=mask"

# A trajectory of another length, a rate that is no whole number, pixels that are not square.
FATE_TTM += fate-filter-ttm-rate
fate-filter-ttm-rate: CMD = framecrc -lavfi "$(FATE_TTM_STILL),setsar=16/15[s];$(FATE_TTM_TRAJECTORY)[t];[s][t]$(FATE_TTM_DRAFT):frames=7:fps=ntsc"

# Later frames are ignored, and the timestamps begin with the still's.
FATE_TTM += fate-filter-ttm-first-frame
fate-filter-ttm-first-frame: CMD = framecrc -lavfi "testsrc=s=96x64:r=8,trim=start_frame=8:end_frame=12[s];$(FATE_TTM_TRAJECTORY)[t];[s][t]$(FATE_TTM_DRAFT)"

FATE_TTM-$(call FILTERFRAMECRC, TTM TESTSRC COLOR TRIM FORMAT DRAWBOX CROP SETSAR) += $(FATE_TTM)
FATE_FFMPEG += $(FATE_TTM-yes)

FATE_TTM_METADATA-$(call ALLYES, FFPROBE LAVFI_INDEV TTM_FILTER TESTSRC_FILTER COLOR_FILTER TRIM_FILTER FORMAT_FILTER DRAWBOX_FILTER CROP_FILTER) += fate-filter-ttm-metadata
fate-filter-ttm-metadata: CMD = run ffprobe$(PROGSSUF)$(EXESUF) -of compact=p=0 -show_entries "frame=pts:frame_tags=lavfi.ttm.seed,lavfi.ttm.prompt_hash,lavfi.ttm.frame,lavfi.ttm.digital_source_type" -bitexact -f lavfi "$(FATE_TTM_INPUTS)$(FATE_TTM_DRAFT)"
FATE_FFPROBE += $(FATE_TTM_METADATA-yes)

fate-filter-ttm: $(FATE_TTM-yes) $(FATE_TTM_METADATA-yes)
