package sample

import (
	"fmt"

	"onemap/layers"
)

// Parts of invented company names. No list is taken from a register.
var (
	brandFirst = []rune("恒瑞鑫宏华盛通江海天地金银玉龙凤祥和泰安康永久兴旺达顺利丰裕润泽美佳优创新科远大中正东南北辰星宇航云帆博雅诚信德仁义礼智威力强劲振翔飞腾跃驰骏越卓凯欧亚联合众亿万隆昌荣耀光明晨曦嘉元亨贞")
	brandLast  = []rune("达盛源丰泰瑞祥和兴隆昌荣华茂林森海洋江河川峰岳岭山石金鑫铭锐捷迅驰腾飞翔宇航辰星辉煌耀光明亮晶莹洁雅致远博文翰德信诚义仁康安宁静平顺通达畅捷利润泽恩惠嘉佳美优良善真")

	products = map[string][]string{
		"B": {"石料", "矿业"}, "C13": {"粮油", "水产食品", "饲料", "肉类食品"}, "C14": {"食品", "调味品", "乳业"}, "C15": {"酒业", "饮料"},
		"C17": {"纺织", "家纺", "印染", "色织", "染整", "毛巾"}, "C18": {"服装", "服饰", "针织制衣", "制衣"}, "C20": {"木业", "竹木制品"},
		"C21": {"家具", "办公家具"}, "C22": {"纸业", "包装纸品"}, "C23": {"印刷", "包装印务"}, "C25": {"石化", "沥青材料"},
		"C26": {"化工", "新材料", "精细化工", "涂料", "化学", "生物化工"}, "C27": {"医药", "制药", "生物医药"}, "C28": {"化纤", "纤维科技"},
		"C29": {"橡塑", "塑业", "塑料制品"}, "C30": {"建材", "新型建材", "混凝土", "玻璃"}, "C31": {"钢铁", "特钢", "铸造"}, "C32": {"铜业", "铝业", "有色金属"},
		"C33": {"金属制品", "钢丝绳", "紧固件", "表面处理", "五金"}, "C34": {"机械", "机床", "阀门", "泵业", "通用设备"}, "C35": {"重工机械", "环保设备", "印染机械", "智能装备"},
		"C36": {"汽车零部件", "车业"}, "C37": {"船舶", "海工装备", "船舶配件"}, "C38": {"电气", "电器", "电缆", "新能源", "蓄电池"},
		"C39": {"电子", "电子科技", "微电子", "光电"}, "C40": {"仪表", "测控技术"}, "C41": {"工艺品", "文体用品"}, "D44": {"热电", "新能源发电"},
		"D45": {"燃气"}, "D46": {"自来水", "水务"}, "F51": {"化工贸易", "物资"}, "G59": {"仓储", "港口储运"}, "other": {"实业", "工贸"},
	}

	// everywhere are the industries outside parks and their weights.
	everywhere = pick{
		{"C17", 20},
		{"C18", 11},
		{"C33", 13},
		{"C34", 12},
		{"C35", 8},
		{"C38", 8},
		{"C29", 6},
		{"C30", 5},
		{"C26", 2.5},
		{"C13", 4},
		{"C14", 1.5},
		{"C21", 1.5},
		{"C20", 1.5},
		{"C22", 1.5},
		{"C23", 1.5},
		{"C36", 2},
		{"C39", 4},
		{"C37", 1.5},
		{"C31", 1.5},
		{"C32", 1},
		{"C40", 1},
		{"C41", 2},
		{"C15", 0.4},
		{"C27", 0.8},
		{"C28", 1.2},
		{"D44", 0.3},
		{"D45", 0.3},
		{"D46", 0.4},
		{"F51", 0.6},
		{"G59", 0.8},
		{"other", 1.6},
		{"B", 0.1},
	}
)

// companyName invents a name: place, brand, trade and form.
func companyName(s stream, place, industry string) string {
	form := "有限公司"
	if s.chance(0.06) {
		form = "股份有限公司"
	} else if s.chance(0.1) {
		form = "制造有限公司"
	}
	return place + string(one(s, brandFirst)) + string(one(s, brandLast)) + one(s, products[industry]) + form
}

// orgAlphabet are the 31 characters that both codes allow.
const orgAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode makes the unified social credit code (GB 32100-2015) of company n: kind 91,
// the county's code, an organisation code (GB 11714-1997) and the check character. Companies
// of different n have different codes.
func creditCode(county string, n int) string {
	// Multiplying by a number without common factor spreads the codes over 31^6.
	const space = 31 * 31 * 31 * 31 * 31 * 31
	v := (uint64(n)*402_653_189 + 97_531) % space
	org := [8]byte{'M', 'A', 0, 0, 0, 0, 0, 0}
	for i := 7; i > 1; i-- {
		org[i] = orgAlphabet[v%31]
		v /= 31
	}
	first := "91" + county + string(org[:]) + orgCheck(org)
	return first + string(layers.CreditCheck(first))
}

// orgCheck is the check character of an organisation code (GB 11714-1997): letters count
// from A = 10, weights 3 7 9 10 5 8 4 2, and 11 minus the sum mod 11, 10 written X.
func orgCheck(org [8]byte) string {
	sum := 0
	for i, weight := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(org[i] - '0')
		if org[i] >= 'A' {
			v = int(org[i]-'A') + 10
		}
		sum += v * weight
	}
	switch c := 11 - sum%11; c {
	case 10:
		return "X"
	case 11:
		return "0"
	default:
		return fmt.Sprint(c)
	}
}
