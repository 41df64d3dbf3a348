package web

import (
	"fmt"
	"strconv"

	"onemap/layers"
)

// The words that the documentation page has for what declarations say in code.

var typeNames = map[layers.Type]layers.Text{
	layers.TypeText:       {Zh: "文本", En: "text"},
	layers.TypeInteger:    {Zh: "整数", En: "whole number"},
	layers.TypeNumber:     {Zh: "数值", En: "number"},
	layers.TypeBoolean:    {Zh: "是否", En: "yes or no"},
	layers.TypeDate:       {Zh: "日期", En: "date"},
	layers.TypeDateTime:   {Zh: "日期时间", En: "date and time"},
	layers.TypeCode:       {Zh: "代码", En: "code"},
	layers.TypeCodes:      {Zh: "多个代码", En: "several codes"},
	layers.TypeQuantities: {Zh: "分类数量", En: "amounts by code"},
}

var sensitivityNames = map[layers.Sensitivity]layers.Text{
	layers.Public:     {Zh: "公开", En: "public"},
	layers.Internal:   {Zh: "内部", En: "internal"},
	layers.Restricted: {Zh: "受限", En: "restricted"},
	layers.Personal:   {Zh: "个人信息", En: "personal"},
}

var statusNames = map[string]layers.Text{
	"official":    {Zh: "正式", En: "official"},
	"provisional": {Zh: "暂定", En: "provisional"},
}

var geometryNames = map[layers.Geometry]layers.Text{
	"":                     {Zh: "无位置", En: "no position"},
	layers.Point:           {Zh: "点", En: "points"},
	layers.LineString:      {Zh: "线", En: "lines"},
	layers.MultiLineString: {Zh: "线（可多段）", En: "lines, several parts each"},
	layers.Polygon:         {Zh: "面", En: "areas"},
	layers.MultiPolygon:    {Zh: "面（可多块）", En: "areas, several parts each"},
}

var symbolNames = map[layers.Symbol]layers.Text{
	layers.Diamond:  {Zh: "菱形", En: "diamond"},
	layers.Triangle: {Zh: "三角形", En: "triangle"},
	layers.Square:   {Zh: "方形", En: "square"},
	layers.Circle:   {Zh: "圆形", En: "circle"},
	layers.Ring:     {Zh: "空心圆", En: "hollow ring"},
	layers.Pentagon: {Zh: "五边形", En: "pentagon"},
	layers.Hexagon:  {Zh: "六边形", En: "hexagon"},
	layers.Star:     {Zh: "星形", En: "star"},
	layers.Cross:    {Zh: "十字", En: "cross"},
	layers.House:    {Zh: "房屋", En: "house"},
	layers.Drop:     {Zh: "水滴", En: "drop"},
	layers.Turbine:  {Zh: "风机", En: "wind turbine"},
	layers.Flag:     {Zh: "旗形", En: "flag"},
	layers.Badge:    {Zh: "盾形", En: "shield"},
}

// spellDuration writes an ISO 8601 duration of one unit, such as P1Y or PT15M, in words;
// others are left as they are.
func spellDuration(lang, iso string) string {
	units := map[string]layers.Text{
		"Y": {Zh: "年", En: "year"}, "M": {Zh: "个月", En: "month"}, "W": {Zh: "周", En: "week"}, "D": {Zh: "天", En: "day"},
		"TH": {Zh: "小时", En: "hour"}, "TM": {Zh: "分钟", En: "minute"}, "TS": {Zh: "秒", En: "second"},
	}
	if len(iso) < 3 || iso[0] != 'P' {
		return iso
	}
	number, unit := iso[1:len(iso)-1], iso[len(iso)-1:]
	if number[0] == 'T' {
		number, unit = number[1:], "T"+unit
	}
	n, err := strconv.Atoi(number)
	words, ok := units[unit]
	if err != nil || !ok {
		return iso
	}
	if lang != "en" {
		return strconv.Itoa(n) + " " + words.Zh
	}
	if n == 1 {
		return "1 " + words.En
	}
	return strconv.Itoa(n) + " " + words.En + "s"
}

// spellCount writes a count with a comma before every three digits.
func spellCount(n any) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
