# Make a manual page of the section of a filter in FFmpeg's manual (Texinfo):
#     awk -v version=0.2.0 -f texi2man.awk ttm.texi >ttm-filters.7
# It knows the commands of Texinfo that the section uses and stops at others, so that
# nothing gets lost.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

function fail(message) {
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
    exit 1
}

# Characters that roff would take for its own, and what is typed as it is shown.
function escape(text, typed) {
    gsub(/\\/, "\\e", text)
    if (typed) {
        gsub(/-/, "\\-", text)
        gsub(/'/, "\\(aq", text)
        gsub(/`/, "\\(ga", text)
        gsub(/\^/, "\\(ha", text)
        gsub(/~/, "\\(ti", text)
    }
    return text
}

# A reference @ref{node,,"Title" section in the X manual,X}: "Title" in X(1).
function reference(text,    part, n) {
    n = split(text, part, ",")
    if (n != 4)
        fail("a reference without four parts: " text)
    sub(/ section in .*/, "", part[3])
    return escape(part[3]) " in \\fB" escape(part[4], 1) "\\fR(1)"
}

function styled(name, text) {
    if (name == "samp" || name == "option" || name == "code" || name == "env" ||
        name == "command")
        return "\\fB" escape(text, 1) "\\fR"
    if (name == "emph" || name == "var" || name == "url" || name == "file")
        return "\\fI" escape(text, name != "emph") "\\fR"
    if (name == "ref")
        return reference(text)
    fail("unknown command @" name "{}")
}

# Commands within a line; what is in braces has none itself.
function inline(text,    out, name, end) {
    out = ""
    while (match(text, /@[a-z]+\{|@[@{}]/)) {
        out = out escape(substr(text, 1, RSTART - 1))
        if (RLENGTH == 2) {
            out = out substr(text, RSTART + 1, 1)
            text = substr(text, RSTART + 2)
            continue
        }
        name = substr(text, RSTART + 1, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
        end = index(text, "}")
        if (!end)
            fail("@" name "{ is not closed in its paragraph")
        out = out styled(name, substr(text, 1, end - 1))
        text = substr(text, end + 1)
    }
    return out escape(text)
}

# roff takes a line that begins with one of these for a request.
function put(line) {
    if (line ~ /^[.']/)
        line = "\\&" line
    print line
}

function flush() {
    if (paragraph != "")
        put(inline(paragraph))
    paragraph = ""
}

# A paragraph within an item is indented as the item is.
function begin_paragraph() {
    if (wants_break)
        print depth ? ".IP" (kind[depth] == "itemize" ? " \"\" 3" : "") : ".PP"
    wants_break = 0
}

function heading(text) {
    flush()
    print ".SH " toupper(text)
    wants_break = in_item = 0
}

BEGIN {
    print ".\\\" Made of the filter's section of FFmpeg's manual: do not edit."
    print ".TH TTM\\-FILTERS 7 \"\" \"ttm " version "\" \"Filters of FFmpeg\""
    print ".SH NAME"
    print "ttm\\-filters \\- the ttm filter of FFmpeg: clips from a still and a prompt"
    print ".SH SYNOPSIS"
    print "\\fBffmpeg\\fR \\fB\\-i\\fR \\fIstill\\fR \\fB\\-vf\\fR " \
          "\"\\fBttm=\\fIoption\\fB=\\fIvalue\\fB:\\fR...\" \\fIoutput\\fR"
    print ".SH DESCRIPTION"
}

verbatim && /^@end (example|verbatim)$/ {
    print ".fi\n.RE"
    verbatim = 0
    wants_break = 1
    next
}
verbatim {
    line = $0
    if (verbatim == "example") {
        gsub(/@[{]/, "{", line)
        gsub(/@[}]/, "}", line)
        gsub(/@@/, "@", line)
    }
    put(escape(line, 1))
    next
}
/^@(example|verbatim)$/ {
    flush()
    print ".PP\n.RS 4\n.nf"
    verbatim = substr($0, 2)
    next
}
/^@(anchor|c)[ {]/ || /^@section / { next }
/^@subsection / {
    heading(substr($0, 13))
    next
}
/^@table / {
    flush()
    if (depth++)
        print ".RS"
    else
        heading("options")
    kind[depth] = "table"
    next
}
/^@itemize/ {
    flush()
    depth++
    kind[depth] = "itemize"
    next
}
/^@end (table|itemize)$/ {
    flush()
    if (--depth)
        print ".RE"
    wants_break = 1
    last_was_item = 0
    next
}
/^@item/ {
    flush()
    wants_break = 0
    if (kind[depth] == "itemize")
        print ".IP \\(bu 3"
    else {
        print last_was_item ? ".TQ" : ".TP"
        print "\\fB" escape(substr($0, 7), 1) "\\fR"
    }
    last_was_item = 1
    next
}
/^$/ {
    flush()
    wants_break = 1
    next
}
/^@(end|[a-z]+$)/ { fail("unknown command " $0) }
{
    if (paragraph == "")
        begin_paragraph()
    last_was_item = 0
    paragraph = paragraph (paragraph == "" ? "" : " ") $0
}
END {
    if (failed)
        exit 1
    flush()
    print ".SH \"SEE ALSO\""
    print "\\fBffmpeg\\fR(1), \\fBffmpeg\\-filters\\fR(1), \\fBffmpeg\\-utils\\fR(1)"
}
