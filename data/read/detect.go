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

func (s sample) wrong(c *charset) int {
	n := 0
	for _, field := range s {
		n += c.wrong(field)
	}
	return n
}

// utf8Characters counts the characters of two and of more bytes, if all is good UTF-8; otherwise both are 0.
func (s sample) utf8Characters() (two, more int) {
	for _, field := range s {
		for len(field) > 0 {
			n := widthUTF8(field)
			switch {
			case n < 0:
				return 0, 0
			case n == 0: // cut
				n = len(field)
			case n == 2:
				two++
			case n > 2:
				more++
			}
			field = field[n:]
		}
	}
	return two, more
}

// isUTF8 reports whether the fields are UTF-8 and not by accident. Chinese is of three bytes a
// character there. One character in seven of GBK looks like one of two bytes, so it takes four of these.
func (s sample) isUTF8() bool {
	two, more := s.utf8Characters()
	return more > 0 || two >= 4
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
		if len(problems) > 0 && s.isUTF8() {
			return newCharset("UTF-8"), problems, nil
		}
		return c, problems, nil
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

// doubt reports a stated character set in which the sample has wrong bytes, and any other
// than UTF-8 over text that is clearly that.
func doubt(c *charset, s sample, whence string) []Problem {
	_, more := s.utf8Characters()
	if s.wrong(c) == 0 && (c.name == "UTF-8" || more < 2) {
		return nil
	}
	return []Problem{about(EncodingDoubted, Warning, "%[1]s 注明的字符集是 %[2]s，但文字内容不符", "the %[1]s says %[2]s, which does not fit the text", whence, c.name)}
}
