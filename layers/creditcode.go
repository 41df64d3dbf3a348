package layers

import (
	"errors"
	"strings"
)

// creditAlphabet are the characters of GB 32100-2015, 4.3: digits and letters without I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCheck computes the check character of the first 17 characters of a unified
// social credit code: weights 3^i mod 31, and 31 minus the sum mod 31 (GB 32100-2015,
// annex A). It returns 0 when a character is not of the alphabet.
func CreditCheck(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, first17[i])
		if v < 0 {
			return 0
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// CreditCode returns nil for a valid 18-character unified social credit code.
func CreditCode(code string) error {
	switch {
	case len(code) != 18:
		return errors.New("a unified social credit code has 18 characters")
	case CreditCheck(code[:17]) == 0:
		return errors.New("a unified social credit code has digits and capital letters without I, O, S, V, Z")
	case CreditCheck(code[:17]) != code[17]:
		return errors.New("the check character (GB 32100) does not fit; one character is wrong")
	}
	return nil
}

// lookalikes turns the letters that the alphabet leaves out into what they are taken for.
var lookalikes = strings.NewReplacer("I", "1", "O", "0", "S", "5", "Z", "2", "V", "U", " ", "", "-", "")

// mendCreditCode returns the valid code that a wrong one becomes in capitals and with the
// letters that the alphabet does not have replaced; empty when that makes none.
func mendCreditCode(code string) string {
	mended := lookalikes.Replace(strings.ToUpper(code))
	if mended == code || CreditCode(mended) != nil {
		return ""
	}
	return mended
}
