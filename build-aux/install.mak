# make install, make uninstall: headers, libraries, pkg-config files, bundle; the frei0r
# plugin, and what Kdenlive shows of it; the manual page.

DATADIR = $(PREFIX)/share/ttm
MAN7 = $(PREFIX)/share/man/man7
KDENLIVE = $(PREFIX)/share/kdenlive/effects
BUNDLE := $(SRC)/models/ttm-small
INSTALLED = $(INCLUDEDIR)/ttm.h $(LIBDIR)/libttm.a $(LIBDIR)/libttm.so \
    $(LIBDIR)/$(LIB_SONAME) $(LIBDIR)/libttm.so.$(VERSION) \
    $(LIBDIR)/pkgconfig/libttm.pc $(INCLUDEDIR)/ttm_http.h $(LIBDIR)/libttm-http.a \
    $(LIBDIR)/pkgconfig/libttm-http.pc $(LIBDIR)/frei0r-1/ttm.so $(KDENLIVE)/frei0r_ttm.xml \
    $(MAN7)/ttm-filters.7

$(BUILD)/%.pc: $(SRC)/%.pc.in $(BUILD)/config.mak
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
	    -e 's|@LIBS@|$(strip $(LIBS))|; s|@CURL_LIBS@|$(strip $(CURL_LIBS))|' $< >$@

# The filter's section of FFmpeg's manual, for man.
MANUAL := $(BUILD)/ttm-filters.7
$(MANUAL): $(SRC)/libavfilter_ttm/hosts/ffmpeg/ttm.texi $(SRC)/build-aux/texi2man.awk
	$(call say,MAN,$@)
	$(Q)LC_ALL=C awk -v version=$(VERSION) -f $(SRC)/build-aux/texi2man.awk $< >$@.new
	@mv $@.new $@

manual: $(MANUAL)

HTTP_PC := $(if $(HTTP_STATIC),$(BUILD)/libttm-http.pc)

install: $(LIBRARIES) $(HTTP_STATIC) $(FREI0R_PLUGIN) $(MANUAL) $(BUILD)/libttm.pc $(HTTP_PC)
	install -d $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 $(SRC)/libavfilter_ttm/ttm.h $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(LIB_STATIC) $(DESTDIR)$(LIBDIR)
	install -m 755 $(LIB_SHARED) $(DESTDIR)$(LIBDIR)/libttm.so.$(VERSION)
	ln -sf libttm.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(LIB_SONAME)
	ln -sf $(LIB_SONAME) $(DESTDIR)$(LIBDIR)/libttm.so
	install -m 644 $(BUILD)/libttm.pc $(HTTP_PC) $(DESTDIR)$(LIBDIR)/pkgconfig
	$(if $(HTTP_STATIC),install -m 644 $(HTTP_DIR)/ttm_http.h $(DESTDIR)$(INCLUDEDIR))
	$(if $(HTTP_STATIC),install -m 644 $(HTTP_STATIC) $(DESTDIR)$(LIBDIR))
	$(if $(FREI0R_PLUGIN),install -d $(DESTDIR)$(LIBDIR)/frei0r-1 $(DESTDIR)$(KDENLIVE))
	$(if $(FREI0R_PLUGIN),install -m 755 $(FREI0R_PLUGIN) $(DESTDIR)$(LIBDIR)/frei0r-1)
	$(if $(FREI0R_PLUGIN),install -m 644 $(FREI0R_DIR)/kdenlive_ttm.xml \
	    $(DESTDIR)$(KDENLIVE)/frei0r_ttm.xml)
	install -d $(DESTDIR)$(MAN7)
	install -m 644 $(MANUAL) $(DESTDIR)$(MAN7)
	[ -f $(BUNDLE)/model_index.json ] || { echo "models/ttm-small is not here" >&2; exit 1; }
	cd $(SRC)/models && find ttm-small -type f | while read -r file; do \
	    install -D -m 644 "$$file" \
	        "$(DESTDIR)$(DATADIR)/models/$$file" || exit 1; \
	done

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	rm -rf $(DESTDIR)$(DATADIR)

.PHONY: install uninstall manual
