package ask

import "onemap/layers"

// spill are the distances of one substance for a small spill (at most 208 litres) or a large
// one. Of some large spills the distances go by the wind.
type spill struct {
	isolation  float64    // metres around the place
	day, night [3]float64 // km downwind in low, moderate and high wind; 0: none stated
}

// substance is one of the code list chemical.
type substance struct {
	code, un     string
	title        layers.Text
	small, large *spill // nil: no distances here
}

func even(isolation, day, night float64) *spill {
	return &spill{isolation, [3]float64{day, day, day}, [3]float64{night, night, night}}
}

// Limits of moderate and of high wind, in km/h.
const moderateWind, highWind = 10, 20

// farthest stands for 11 km or more.
const farthest = 11

// ergSource says where the distances are from.
var ergSource = layers.Text{
	Zh: "距离取自公开的《应急救援指南》ERG 2016/2020版（PHMSA、加拿大运输部、墨西哥SCT）：有毒吸入物为绿页表1，大量泄漏的氨、氯、环氧乙烷、氯化氢、氟化氢、二氧化硫为表3公路罐车一栏；易燃物为橙页指南115、116、127～131和122、140的初始隔离和大量泄漏下风向距离。数值未与印刷本逐一复核，各版（2016、2020、2024）之间可相差一成，使用前请与手头版本核对，并可用隔离半径和下风向距离两项代替。",
	En: "Distances are those of the public Emergency Response Guidebook, editions of 2016 and 2020 (PHMSA, Transport Canada, SCT Mexico): Table 1 of the green pages for what is toxic by inhalation, Table 3, highway tank truck, for large spills of ammonia, chlorine, ethylene oxide, hydrogen chloride, hydrogen fluoride and sulfur dioxide; guides 115, 116, 122, 127 to 131 and 140 of the orange pages for the others. They have not been compared with a printed book one by one, and the editions of 2016, 2020 and 2024 differ by up to a tenth: check them against the one at hand, and give the isolation and downwind distances where they differ.",
}

// flammable gases and liquids have distances in the guides of the orange pages.
var (
	gasNear, gasFar       = even(100, 0, 0), even(100, 0.8, 0.8)
	liquidNear, liquidFar = even(50, 0, 0), even(50, 0.3, 0.3)
)

var substances = []substance{
	{"chlorine", "UN1017", layers.Text{Zh: "氯", En: "Chlorine"}, even(60, 0.3, 1.1), &spill{600, [3]float64{5.8, 3.4, 2.9}, [3]float64{6.7, 5.0, 4.1}}},
	{"ammonia", "UN1005", layers.Text{Zh: "氨", En: "Ammonia"}, even(30, 0.1, 0.2), &spill{150, [3]float64{0.9, 0.5, 0.4}, [3]float64{2.0, 0.8, 0.6}}},
	{"sulfur_dioxide", "UN1079", layers.Text{Zh: "二氧化硫", En: "Sulfur dioxide"}, even(100, 0.7, 2.2), &spill{1000, [3]float64{farthest, 5.8, 5.0}, [3]float64{farthest, 8.0, 6.1}}},
	{"ethylene_oxide", "UN1040", layers.Text{Zh: "环氧乙烷", En: "Ethylene oxide"}, even(30, 0.1, 0.2), &spill{100, [3]float64{0.9, 0.5, 0.4}, [3]float64{2.0, 0.7, 0.4}}},
	{"hydrogen_chloride", "UN1050", layers.Text{Zh: "氯化氢", En: "Hydrogen chloride"}, even(30, 0.1, 0.3), &spill{200, [3]float64{1.5, 0.8, 0.6}, [3]float64{3.8, 1.5, 0.8}}},
	{"hydrogen_fluoride", "UN1052", layers.Text{Zh: "氟化氢", En: "Hydrogen fluoride"}, even(30, 0.1, 0.4), &spill{200, [3]float64{1.9, 1.0, 0.9}, [3]float64{3.4, 1.6, 0.9}}},
	{"carbon_monoxide", "UN1016", layers.Text{Zh: "一氧化碳", En: "Carbon monoxide"}, even(30, 0.1, 0.2), even(200, 1.2, 4.4)},
	{"hydrogen_sulfide", "UN1053", layers.Text{Zh: "硫化氢", En: "Hydrogen sulfide"}, even(30, 0.1, 0.4), even(400, 2.1, 5.4)},
	{"nitrogen_dioxide", "UN1067", layers.Text{Zh: "二氧化氮", En: "Nitrogen dioxide"}, even(30, 0.1, 0.4), even(400, 1.2, 3.0)},
	{"methyl_bromide", "UN1062", layers.Text{Zh: "溴甲烷", En: "Methyl bromide"}, even(30, 0.1, 0.1), even(150, 0.3, 0.7)},
	{"phosgene", "UN1076", layers.Text{Zh: "碳酰氯（光气）", En: "Phosgene"}, even(100, 0.6, 2.5), even(500, 3.0, 9.0)},
	{"hydrogen_cyanide", "UN1051", layers.Text{Zh: "氰化氢", En: "Hydrogen cyanide"}, nil, nil},
	{"phosphine", "UN2199", layers.Text{Zh: "磷化氢", En: "Phosphine"}, nil, nil},
	{"methyl_isocyanate", "UN2480", layers.Text{Zh: "异氰酸甲酯", En: "Methyl isocyanate"}, nil, nil},
	{"lpg", "UN1075", layers.Text{Zh: "液化石油气", En: "Liquefied petroleum gas"}, gasNear, gasFar},
	{"natural_gas", "UN1971", layers.Text{Zh: "天然气", En: "Natural gas"}, gasNear, gasFar},
	{"hydrogen", "UN1049", layers.Text{Zh: "氢", En: "Hydrogen"}, gasNear, gasFar},
	{"acetylene", "UN1001", layers.Text{Zh: "乙炔", En: "Acetylene"}, gasNear, gasFar},
	{"propylene", "UN1077", layers.Text{Zh: "丙烯", En: "Propylene"}, gasNear, gasFar},
	{"ethylene", "UN1962", layers.Text{Zh: "乙烯", En: "Ethylene"}, gasNear, gasFar},
	{"petrol", "UN1203", layers.Text{Zh: "汽油", En: "Petrol"}, liquidNear, liquidFar},
	{"diesel", "UN1202", layers.Text{Zh: "柴油", En: "Diesel"}, liquidNear, liquidFar},
	{"methanol", "UN1230", layers.Text{Zh: "甲醇", En: "Methanol"}, liquidNear, nil},
	{"ethanol", "UN1170", layers.Text{Zh: "乙醇", En: "Ethanol"}, liquidNear, liquidFar},
	{"benzene", "UN1114", layers.Text{Zh: "苯", En: "Benzene"}, liquidNear, liquidFar},
	{"toluene", "UN1294", layers.Text{Zh: "甲苯", En: "Toluene"}, liquidNear, liquidFar},
	{"xylene", "UN1307", layers.Text{Zh: "二甲苯", En: "Xylene"}, liquidNear, liquidFar},
	{"styrene", "UN2055", layers.Text{Zh: "苯乙烯", En: "Styrene"}, liquidNear, liquidFar},
	{"acetone", "UN1090", layers.Text{Zh: "丙酮", En: "Acetone"}, liquidNear, liquidFar},
	{"paint_thinner", "UN1263", layers.Text{Zh: "油漆及稀释剂", En: "Paint and thinner"}, liquidNear, liquidFar},
	{"oxygen", "UN1072", layers.Text{Zh: "氧", En: "Oxygen"}, gasNear, even(100, 0.5, 0.5)},
	{"ammonium_nitrate", "UN1942", layers.Text{Zh: "硝酸铵", En: "Ammonium nitrate"}, even(50, 0, 0), even(50, 0.1, 0.1)},
	{"acrylonitrile", "UN1093", layers.Text{Zh: "丙烯腈", En: "Acrylonitrile"}, nil, nil},
	{"ammonia_water", "UN2672", layers.Text{Zh: "氨水", En: "Aqueous ammonia"}, nil, nil},
	{"hydrochloric_acid", "UN1789", layers.Text{Zh: "盐酸", En: "Hydrochloric acid"}, nil, nil},
	{"sulfuric_acid", "UN1830", layers.Text{Zh: "硫酸", En: "Sulfuric acid"}, nil, nil},
	{"nitric_acid", "UN2031", layers.Text{Zh: "硝酸", En: "Nitric acid"}, nil, nil},
	{"sodium_hydroxide", "UN1824", layers.Text{Zh: "氢氧化钠", En: "Sodium hydroxide"}, nil, nil},
	{"hydrogen_peroxide", "UN2014", layers.Text{Zh: "过氧化氢", En: "Hydrogen peroxide"}, nil, nil},
	{"sodium_hypochlorite", "UN1791", layers.Text{Zh: "次氯酸钠", En: "Sodium hypochlorite"}, nil, nil},
	{"other", "", layers.Text{Zh: "其他", En: "Other"}, nil, nil},
}

func substanceOptions() (options []Option) {
	for _, x := range substances {
		title := x.title
		if x.small == nil {
			title = layers.Text{Zh: title.Zh + "（无距离，须填）", En: title.En + " (no distances here: to be given)"}
		}
		options = append(options, Option{x.code, title})
	}
	return options
}

// Substance gives a substance's UN number as the question gas-leak has it.
func Substance(code string) (un string, known bool) {
	for _, x := range substances {
		if x.code == code {
			return x.un, true
		}
	}
	return "", false
}
