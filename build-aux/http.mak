# libttm-http.a, where configure found libcurl: how a program lets libttm reach the server
# of the option llm. It is a library of its own, so that libttm needs no network.

HTTP_DIR := $(SRC)/libavfilter_ttm/hosts/http
ifeq ($(HAVE_LIBCURL),1)
HTTP_O := $(patsubst $(SRC)/%.c,$(BUILD)/obj/%.o,$(wildcard $(HTTP_DIR)/*.c))
HTTP_STATIC := $(BUILD)/libttm-http.a

$(HTTP_O): CFLAGS += $(CURL_CFLAGS)

$(HTTP_STATIC): $(HTTP_O)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(HTTP_O)

-include $(HTTP_O:.o=.d)
else
HTTP_O :=
HTTP_STATIC :=
endif
