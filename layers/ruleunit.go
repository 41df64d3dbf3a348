package layers

import (
	"math"
	"strconv"
	"strings"
)

// quantity is what a unit measures.
type quantity string

const (
	ofCount    quantity = "count"
	ofLength   quantity = "length"
	ofArea     quantity = "area"
	ofVolume   quantity = "volume"
	ofMass     quantity = "mass"
	ofDuration quantity = "time"
	ofPressure quantity = "pressure"
	ofPower    quantity = "power"
	ofSpeed    quantity = "speed"
	ofFlow     quantity = "flow"
	ofMoney    quantity = "money"
	ofDegree   quantity = "temperature"
	ofYear     quantity = "year"
)

// unit is a measure: how much of the quantity's base unit one of it is.
type unit struct {
	kind   quantity
	factor float64
	title  string
}

// mu is 亩, 1/15 of a hectare.
const mu = 10000.0 / 15

var spelledUnits = []struct {
	unit
	names string // the UCUM code first
}{
	{unit{ofCount, 1, "个"}, "1 个 人 名 户 栋 幢 层 间 座 辆 台 件 张 套 床 处 所 支 条 次 起 家 只 艘"},
	{unit{ofCount, 1e4, "万"}, "10*4 万 万人 万户 万件"},
	{unit{ofLength, 1, "米"}, "m 米 公尺"},
	{unit{ofLength, 1000, "公里"}, "km 公里 千米"},
	{unit{ofLength, 0.01, "厘米"}, "cm 厘米"},
	{unit{ofLength, 0.001, "毫米"}, "mm 毫米"},
	{unit{ofArea, 1, "平方米"}, "m2 m² ㎡ 平方米 平米 平方 平"},
	{unit{ofArea, 1e6, "平方公里"}, "km2 km² k㎡ ㎢ 平方公里 平方千米"},
	{unit{ofArea, 1e4, "公顷"}, "har ha hm2 hm² 公顷"},
	{unit{ofArea, mu, "亩"}, "mu 亩"},
	{unit{ofArea, 1e4 * mu, "万亩"}, "10*4.mu 万亩"},
	{unit{ofVolume, 1, "立方米"}, "m3 m³ 立方米 立方 方"},
	{unit{ofVolume, 0.001, "升"}, "L l 升"},
	{unit{ofVolume, 1e4, "万立方米"}, "10*4.m3 万立方米 万方"},
	{unit{ofMass, 1, "吨"}, "t 吨"},
	{unit{ofMass, 0.001, "千克"}, "kg 千克 公斤"},
	{unit{ofMass, 1e4, "万吨"}, "10*4.t 万吨"},
	{unit{ofDuration, 60, "分钟"}, "min 分钟 分"},
	{unit{ofDuration, 1, "秒"}, "s 秒"},
	{unit{ofDuration, 3600, "小时"}, "h 小时 时"},
	{unit{ofDuration, 86400, "天"}, "d 天 日"},
	{unit{ofPressure, 1e6, "兆帕"}, "MPa mpa 兆帕"},
	{unit{ofPressure, 1e3, "千帕"}, "kPa kpa 千帕"},
	{unit{ofPressure, 1e5, "巴"}, "bar 巴 公斤力"},
	{unit{ofPower, 1e6, "兆瓦"}, "MW mw 兆瓦"},
	{unit{ofPower, 1e3, "千瓦"}, "kW kw 千瓦"},
	{unit{ofPower, 1e7, "万千瓦"}, "10*4.kW 万千瓦"},
	{unit{ofSpeed, 1 / 3.6, "公里/小时"}, "km/h 公里/小时 千米/小时 公里每小时"},
	{unit{ofSpeed, 1, "米/秒"}, "m/s 米/秒 米每秒"},
	{unit{ofFlow, 1, "立方米/小时"}, "m3/h m³/h 立方米/小时 方/小时"},
	{unit{ofFlow, 3600, "立方米/秒"}, "m3/s m³/s 立方米/秒"},
	{unit{ofMoney, 1, "元"}, "CNY 元 rmb 圆"},
	{unit{ofMoney, 1e4, "万元"}, "10*4.CNY 万元"},
	{unit{ofMoney, 1e8, "亿元"}, "10*8.CNY 亿元"},
	{unit{ofDegree, 1, "摄氏度"}, "Cel ℃ °c 度 摄氏度"},
	{unit{ofYear, 1, "年"}, "a 年"},
}

func unitNamed(name string) unit {
	for _, u := range spelledUnits {
		for _, n := range strings.Fields(u.names) {
			if n == name || strings.EqualFold(n, name) {
				return u.unit
			}
		}
	}
	return unit{}
}

// unit is what the field is measured in. UCUM has no money; a field without unit whose
// name ends in _cny is in yuan.
func (f *Field) unit() unit {
	switch {
	case f.Unit == "" && strings.HasSuffix(f.Name, "_cny"):
		return unitNamed("CNY")
	case f.Unit == "":
		return unit{}
	}
	return unitNamed(f.Unit)
}

// withUnit divides a cell such as 120㎡ into its number and its unit; false when it is no
// number with a unit that is known.
func withUnit(text string) (x float64, u unit, name string, ok bool) {
	end := 0
	for end < len(text) && strings.IndexByte("+-0123456789.,eE", text[end]) >= 0 {
		end++
	}
	name = strings.Trim(strings.TrimSpace(text[end:]), "()（）")
	x, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text[:end]), ",", ""), 64)
	if err != nil || name == "" || math.IsInf(x, 0) {
		return 0, unit{}, "", false
	}
	u = unitNamed(name)
	return x, u, name, u.kind != ""
}

// others are the units of the same quantity, those that a value may have been written in.
func (u unit) others() []unit {
	var list []unit
	for _, o := range spelledUnits {
		if o.kind == u.kind && o.factor != u.factor {
			list = append(list, o.unit)
		}
	}
	return list
}

// plainNumber writes a number without an exponent and without a tail of rounding.
func plainNumber(x float64) string {
	if x == math.Trunc(x) {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 8, 64)
}
