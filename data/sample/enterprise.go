package sample

import (
	"github.com/paulmach/orb"
)

// NamedPublicly: 公开曝光企业68家. Fines: 罚款7487.87万元, in yuan.
const (
	NamedPublicly = 68
	Fines         = 74_878_700
)

// Census tables filled in for enterprises: hazardous chemical ones, and rescue equipment
// of large ones.
const (
	censusChemical  = 1_480
	censusEquipment = 160
	censusInsurers  = 46
)

// sectors are the hazchem sectors by industry.
var sectors = map[string]string{
	"C26": "chemical", "C25": "chemical", "C27": "pharmaceutical", "C31": "metallurgy", "C32": "nonferrous", "C30": "building_material", "C34": "machinery",
	"C35": "machinery", "C36": "machinery", "C33": "electroplating", "C38": "electronics", "C39": "electronics", "C40": "electronics", "C17": "textile", "C18": "textile",
	"C28": "textile", "C37": "shipbuilding", "C13": "food_cold_chain", "C14": "food_cold_chain", "C15": "food_cold_chain", "D44": "power", "D45": "city_gas",
	"D46": "water_treatment", "C20": "light_industry", "C21": "light_industry", "C22": "light_industry", "C23": "light_industry", "C29": "light_industry",
	"G59": "transport", "F51": "transport", "C41": "light_industry", "B": "construction", "other": "agriculture",
}

// usual are the chemicals met in a sector, the commonest first.
var usual = map[string][]string{
	"chemical":          {"methanol", "toluene", "sulfuric_acid", "sodium_hydroxide", "hydrochloric_acid", "chlorine", "ammonia", "acetone", "xylene", "benzene", "acrylonitrile", "ethylene_oxide", "hydrogen", "phosgene", "hydrogen_cyanide", "styrene", "propylene", "nitric_acid", "hydrogen_fluoride"},
	"pharmaceutical":    {"ethanol", "methanol", "acetone", "toluene", "hydrochloric_acid", "hydrogen", "ammonia_water", "sodium_hydroxide"},
	"metallurgy":        {"oxygen", "natural_gas", "acetylene", "carbon_monoxide", "hydrogen"},
	"nonferrous":        {"oxygen", "natural_gas", "sulfuric_acid", "chlorine"},
	"building_material": {"natural_gas", "diesel", "oxygen", "ammonia_water"},
	"machinery":         {"paint_thinner", "oxygen", "acetylene", "diesel", "lpg"},
	"electroplating":    {"hydrochloric_acid", "sulfuric_acid", "sodium_hydroxide", "nitric_acid", "paint_thinner"},
	"electronics":       {"ethanol", "acetone", "hydrogen_fluoride", "sulfuric_acid", "hydrogen_peroxide", "paint_thinner"},
	"textile":           {"hydrogen_peroxide", "sodium_hydroxide", "sodium_hypochlorite", "natural_gas", "ammonia_water"},
	"shipbuilding":      {"paint_thinner", "oxygen", "acetylene", "lpg", "diesel"},
	"food_cold_chain":   {"ammonia", "ethanol", "natural_gas", "sodium_hypochlorite"},
	"power":             {"ammonia_water", "hydrogen", "diesel", "sodium_hydroxide"},
	"city_gas":          {"natural_gas", "lpg"},
	"water_treatment":   {"sodium_hypochlorite", "chlorine", "sodium_hydroxide"},
	"light_industry":    {"paint_thinner", "natural_gas", "ethanol", "diesel"},
	"transport":         {"diesel", "petrol", "methanol", "lpg"},
	"construction":      {"oxygen", "acetylene", "diesel"},
	"agriculture":       {"diesel", "ammonium_nitrate", "other"},
}

func (w *writer) enterpriseRecords() error {
	s, n := w.s, w.count
	standard := scatter(s, n, w.few(Standardised))
	registered := scatter(s, n, w.few(Registered))
	named := scatter(s, n, w.few(NamedPublicly))
	weights := make([]float64, n)
	caseWeights := make([]float64, n)
	for i, e := range w.enterprises {
		weights[i] = 0.25 + 0.5*s.Float64()
		if e.graded || e.hazchem {
			weights[i] += 0.5
		}
		if s.chance(0.1) {
			caseWeights[i] = s.Float64()
		}
	}
	plans := apportion(w.few(EnterprisePlans), weights)
	cases := apportion(w.few(EnforcementCases), caseWeights)
	fineWeights := make([]float64, n)
	for i, c := range cases {
		fineWeights[i] = float64(c) * (0.3 + s.Float64())
	}
	fines := apportion(w.few(Fines), fineWeights)
	chemical, equipment, insurers := w.few(censusChemical), w.few(censusEquipment), w.few(censusInsurers)
	for i, e := range w.enterprises {
		v := values{
			"credit_code": e.code, "name": e.name, "risk_grade": "ungraded", "address": w.address(s, e.village), "admin_code": w.code(e.village),
			"industry": e.industry, "employees": int64(e.employees), "risk_reported": w.day(s.whole(20, 360)),
			"report_kind": pick{{"first", 70}, {"regular", 24}, {"change", 6}}.draw(s), "registered": registered[i], "hazchem_user": e.hazchem,
			"standardization": "none", "plan_count": int64(plans[i]), "open_dangers": int64(e.open), "major_hazard_sources": int64(e.sources),
			"enforcement_cases": int64(cases[i]), "fines_cny": float64(fines[i]), "named_publicly": named[i],
			"safety_officer_role": one(s, []string{"安全总监", "安环部经理", "生产副总经理", "专职安全员"}),
		}
		if e.graded {
			grades := pick{{"major", 1.2}, {"considerable", 9}, {"general", 42}, {"low", 48}}
			if e.sources > 0 {
				grades = pick{{"major", 55}, {"considerable", 45}}
			} else if e.hazchem && e.park >= 0 && w.parks[e.park].chemical {
				grades = pick{{"major", 16}, {"considerable", 44}, {"general", 36}, {"low", 4}}
			}
			g := grades.draw(s)
			v["risk_grade"], v["graded_on"] = g, w.day(s.whole(5, 200))
			switch g {
			case "major":
				v["considerable_risks"] = int64(s.whole(3, 40))
			case "considerable":
				v["considerable_risks"] = int64(s.whole(1, 12))
			default:
				v["considerable_risks"] = int64(0)
			}
		}
		if e.park >= 0 && w.parks[e.park].chemical {
			v["chemical_park"] = w.parks[e.park].code
		}
		if e.hazchem {
			w.hazchemProfile(e, v)
		}
		if standard[i] {
			v["standardization"] = pick{{"first", 0.4}, {"second", 9}, {"third", 90}}.draw(s)
			v["standard_until"] = w.day(-s.whole(10, 1090))
		}
		if plans[i] > 0 {
			v["last_drill"] = w.day(s.whole(3, 360))
		}
		if s.chance(0.72) {
			v["last_inspected"] = w.day(s.whole(1, 700))
		}
		switch {
		case chemical > 0 && e.hazchem && (e.industry == "C26" || e.industry == "C25" || e.industry == "C27"), chemical >= n-i:
			v["survey_table"] = "h2"
			chemical--
		case equipment > 0 && e.employees > 180, equipment > 0 && equipment+insurers+chemical >= n-i:
			v["survey_table"] = "c13"
			equipment--
		case insurers > 0 && e.industry == "other", insurers > 0 && insurers+chemical >= n-i:
			v["survey_table"] = "c14"
			insurers--
		}
		var shape orb.Geometry
		if e.quality != "none" {
			shape = e.at
		}
		if err := w.record(e.code, shape, e.quality, v); err != nil {
			return err
		}
	}
	return nil
}

// hazchemProfile adds what a user of hazardous chemicals has filed: chemicals, stock and
// the answers to the thirty yes-or-no questions as bits.
func (w *writer) hazchemProfile(e enterprise, v values) {
	s := w.s
	sector := sectors[e.industry]
	list := usual[sector]
	var chemicals []string
	stock := map[string]float64{}
	for k, c := range list {
		if k == 0 || len(chemicals) < 6 && s.chance(2.2/float64(len(list)+1)) {
			chemicals = append(chemicals, c)
			stock[c] = round(float64(s.skewed(1, 400))/10, 1)
		}
	}
	inspected := int64(0)
	failed := int64(0)
	for bit := range 30 {
		if s.chance(0.9) {
			inspected |= 1 << bit
			if s.chance(0.06) {
				failed |= 1 << bit
			}
		}
	}
	v["hazchem_sector"], v["chemicals"], v["hazchem_stock_t"] = sector, chemicals, stock
	v["hazchem_inspected"], v["hazchem_failed"] = inspected, failed
}
