package read

import "onemap/layers/fault"

// languageBytes gives the character set of a DBF language driver byte (header byte
// 29). 0 and 57 (the writer's own ANSI page) say nothing and are left out.
var languageBytes = map[byte]string{
	0x01: "IBM437", 0x02: "IBM850", 0x03: "windows-1252", 0x13: "Shift_JIS", 0x26: "IBM866", 0x4d: "GB18030", 0x4e: "EUC-KR",
	0x4f: "Big5", 0x58: "windows-1252", 0x59: "windows-1252", 0x64: "IBM852", 0x65: "IBM866", 0x78: "Big5", 0x79: "EUC-KR", 0x7a: "GB18030", 0x7b: "Shift_JIS",
	0x7c: "windows-874", 0xc8: "windows-1250", 0xc9: "windows-1251", 0xca: "windows-1254", 0xcb: "windows-1253", 0xcc: "windows-1257",
}

// sample is a run of text fields, each as stored, from which a character set is judged.
type sample [][]byte

func (s sample) fits(c *charset) (right, wrong int) {
	for _, field := range s {
		r, w := c.fits(field)
		right, wrong = right+r, wrong+w
	}
	return right, wrong
}

// isUTF8 reports whether the fields have multi-byte characters and all are good UTF-8.
// A cut last character is allowed.
func (s sample) isUTF8() bool {
	right, wrong := s.fits(newCharset("UTF-8"))
	return right > 0 && wrong == 0
}

func (s sample) isASCII() bool {
	for _, field := range s {
		if !isASCII(field) {
			return false
		}
	}
	return true
}

// chooseCharset decides a table's character set: the user's word, then the .cpg, then
// the language byte unless the bytes contradict it, then the bytes themselves: UTF-8 if
// they are that, GB18030 if not. It is an error if the user's word is not known.
func chooseCharset(word, cpg string, language byte, s sample) (*charset, []Problem, error) {
	if word != "" {
		if c := charsetByName(word); c != nil {
			return c, nil, nil
		}
		return nil, nil, fault.In("encoding", "%q is not a character set known here; usual ones are UTF-8, GBK and GB18030", word)
	}
	var problems []Problem
	if cpg != "" {
		c := charsetByName(cpg)
		if c == nil {
			problems = append(problems, about(EncodingDoubted, Warning, ".cpg 文件写的字符集 %.40q 无法识别，改为自动判断", "the .cpg says %.40q, which names no character set; it is found out from the text", cpg))
		} else {
			return c, doubt(c, s, ".cpg"), nil
		}
	}
	if name, ok := languageBytes[language]; ok {
		c := newCharset(name)
		problems := append(problems, doubt(c, s, "language byte")...)
		if _, wrong := s.fits(c); wrong == 0 || !s.isUTF8() {
			return c, problems, nil
		}
		return newCharset("UTF-8"), problems, nil
	}
	c := newCharset("GB18030")
	if s.isUTF8() {
		c = newCharset("UTF-8")
	}
	if !s.isASCII() {
		problems = append(problems, about(EncodingGuessed, Notice, "文件没有注明字符集，按内容判断为 %s", "the file does not say its character set; by its text it is %s", c.name))
	}
	return c, problems, nil
}

// doubt reports a stated character set in which the sample has wrong bytes, and one
// of single bytes over text that is UTF-8.
func doubt(c *charset, s sample, whence string) []Problem {
	_, wrong := s.fits(c)
	if wrong == 0 && (c.width != nil || !s.isUTF8()) {
		return nil
	}
	return []Problem{about(EncodingDoubted, Warning, "%[1]s 注明的字符集是 %[2]s，但文字内容不符", "the %[1]s says %[2]s, which does not fit the text", whence, c.name)}
}
