package read

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"
)

// charset is a character set by its usual name. UTF-8 has no decoder.
type charset struct {
	name    string
	decoder *encoding.Decoder
	// width is the length in bytes of the character that b starts with: 0 if b
	// ends inside it, -1 if it is no character. Nil where each byte is one.
	width func(b []byte) int
}

// newCharset makes the character set of a canonical name; nil if there is none.
func newCharset(name string) *charset {
	c := &charset{name: name}
	switch name {
	case "UTF-8":
		c.width = widthUTF8
		return c
	case "GB18030":
		c.decoder, c.width = simplifiedchinese.GB18030.NewDecoder(), widthGB18030
	case "Big5":
		c.decoder, c.width = traditionalchinese.Big5.NewDecoder(), widthDouble
	case "EUC-KR":
		c.decoder, c.width = korean.EUCKR.NewDecoder(), widthDouble
	case "Shift_JIS":
		c.decoder, c.width = japanese.ShiftJIS.NewDecoder(), widthShiftJIS
	default:
		single, ok := singleByte[name]
		if !ok {
			return nil
		}
		c.decoder = single.NewDecoder()
	}
	return c
}

var singleByte = map[string]*charmap.Charmap{
	"IBM437": charmap.CodePage437, "IBM850": charmap.CodePage850, "IBM852": charmap.CodePage852,
	"IBM866": charmap.CodePage866, "windows-874": charmap.Windows874,
	"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "windows-1252": charmap.Windows1252,
	"windows-1253": charmap.Windows1253, "windows-1254": charmap.Windows1254, "windows-1257": charmap.Windows1257,
	"ISO-8859-1": charmap.ISO8859_1, "ISO-8859-2": charmap.ISO8859_2, "ISO-8859-5": charmap.ISO8859_5,
	"ISO-8859-9": charmap.ISO8859_9, "ISO-8859-15": charmap.ISO8859_15, "KOI8-R": charmap.KOI8R,
}

// codePages gives the canonical name of a code page number, as .cpg files and users write it.
var codePages = map[string]string{
	"936": "GB18030", "54936": "GB18030", "20936": "GB18030", "52936": "GB18030", "18030": "GB18030", "2312": "GB18030",
	"65001": "UTF-8", "8": "UTF-8", "950": "Big5", "932": "Shift_JIS", "949": "EUC-KR", "51949": "EUC-KR",
	"437": "IBM437", "850": "IBM850", "852": "IBM852", "866": "IBM866", "874": "windows-874",
	"1250": "windows-1250", "1251": "windows-1251", "1252": "windows-1252", "1253": "windows-1253",
	"1254": "windows-1254", "1257": "windows-1257", "88591": "ISO-8859-1", "88592": "ISO-8859-2",
	"88595": "ISO-8859-5", "88599": "ISO-8859-9", "885915": "ISO-8859-15", "28591": "ISO-8859-1", "28592": "ISO-8859-2",
}

// charsetNames are the spellings that hold no code page number.
var charsetNames = map[string]string{
	"GBK": "GB18030", "XGBK": "GB18030", "EUCCN": "GB18030", "GB": "GB18030", "HZGB": "GB18030", "CHINESE": "GB18030",
	"BIG5": "Big5", "BIGFIVE": "Big5", "SHIFTJIS": "Shift_JIS", "SJIS": "Shift_JIS", "EUCKR": "EUC-KR",
	"LATIN1": "ISO-8859-1", "LATIN2": "ISO-8859-2", "LATIN9": "ISO-8859-15", "KOI8R": "KOI8-R",
}

// charsetByName understands every usual spelling: GBK, GB2312, 936, CP936, OEM 936,
// ANSI 936, UTF8, 65001, ISO-8859-1, 88591, Windows-1252 … Nil if it is none; "OEM"
// and "ANSI" alone say nothing.
func charsetByName(text string) *charset {
	flat := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, text)
	if name, ok := charsetNames[flat]; ok {
		return newCharset(name)
	}
	number := strings.TrimLeft(flat, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	switch prefix := strings.TrimSuffix(flat, number); prefix {
	case "", "CP", "OEM", "ANSI", "OEMCP", "ANSICP", "WINDOWS", "WIN", "MS", "IBM", "DOS", "CODEPAGE":
		if number == "8" { // "CP8" is nothing
			return nil
		}
	case "UTF":
		if number != "8" {
			return nil
		}
	case "GB", "ISO":
	default:
		return nil
	}
	if name, ok := codePages[number]; ok {
		return newCharset(name)
	}
	return nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decode turns bytes into text. cut says that the last character was cut by the
// field's width and has been left out; bad that bytes were no text, for which U+FFFD stands.
func (c *charset) decode(b []byte) (text string, cut, bad bool) {
	if isASCII(b) {
		return string(b), false, false
	}
	if c.width != nil {
		for i := 0; i < len(b); {
			n := c.width(b[i:])
			if n == 0 {
				b, cut = b[:i], true
				break
			}
			if n < 0 {
				n, bad = 1, true
			}
			i += n
		}
	}
	if c.decoder == nil {
		return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), cut, bad
	}
	c.decoder.Reset()
	out, err := c.decoder.Bytes(b)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		bad = true
	}
	return string(bytes.ToValidUTF8(out, []byte("\ufffd"))), cut, bad
}

// reader decodes a stream into UTF-8.
func (c *charset) reader(r io.Reader) io.Reader {
	if c.decoder == nil {
		return r
	}
	return transform.NewReader(r, c.decoder)
}

// wrong counts the bytes that are no text in the set. A cut last character is not counted.
func (c *charset) wrong(b []byte) int {
	n := 0
	for i := 0; c.width != nil && i < len(b); {
		w := c.width(b[i:])
		switch {
		case w == 0:
			return n
		case w < 0:
			n, w = n+1, 1
		}
		i += w
	}
	return n
}

func widthUTF8(b []byte) int {
	if !utf8.FullRune(b) {
		return 0
	}
	if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
		return n
	}
	return -1
}

// widthGB18030 follows GB 18030-2005: one byte, two with a second of 40–7E or 80–FE, or four
// with digits in second and fourth place.
func widthGB18030(b []byte) int {
	switch {
	case b[0] < 0x80:
		return 1
	case b[0] == 0x80 || b[0] == 0xff:
		return -1
	case len(b) == 1:
		return 0
	case b[1] >= 0x40 && b[1] != 0x7f && b[1] != 0xff:
		return 2
	case b[1] < 0x30 || b[1] > 0x39:
		return -1
	case len(b) < 4:
		if len(b) == 3 && (b[2] < 0x81 || b[2] == 0xff) {
			return -1
		}
		return 0
	case b[2] >= 0x81 && b[2] != 0xff && b[3] >= 0x30 && b[3] <= 0x39:
		return 4
	}
	return -1
}

// widthDouble is for sets in which a byte over 80 starts a pair.
func widthDouble(b []byte) int {
	switch {
	case b[0] < 0x80:
		return 1
	case len(b) == 1:
		return 0
	case b[1] < 0x40:
		return -1
	}
	return 2
}

func widthShiftJIS(b []byte) int {
	if b[0] < 0x80 || b[0] >= 0xa0 && b[0] <= 0xdf {
		return 1
	}
	return widthDouble(b)
}
