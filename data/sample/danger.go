package sample

import (
	"fmt"

	"github.com/paulmach/orb"
)

// findings are what inspections note, by category.
var findings = map[string][]string{
	"fire":              {"灭火器压力不足，未及时更换", "安全出口被货物堵塞", "消火栓前堆放杂物", "应急照明灯损坏", "防火卷帘下方停放叉车"},
	"electrical":        {"配电箱未设警示标识", "临时线路私拉乱接", "电缆绝缘层老化破损", "防爆区域使用非防爆插座", "配电柜接地不良"},
	"hazchem":           {"危化品中间仓库超量储存", "氧气瓶与乙炔瓶混放", "未张贴安全技术说明书", "可燃气体报警器未定期检定", "油漆间通风不良"},
	"special_equipment": {"压力容器未按期检验", "行车限位器失灵", "叉车司机未持证上岗", "安全阀铅封缺失", "电梯维保记录不全"},
	"confined_space":    {"污水池未设有限空间警示标识", "有限空间作业未办理审批", "未配备便携式气体检测仪"},
	"dust":              {"除尘管道积尘严重", "打磨车间未设泄爆装置", "粉尘清扫记录缺失", "木工车间除尘器未接地"},
	"gas":               {"食堂液化气瓶间无报警器", "燃气软管超过使用年限", "燃气阀门未设防护"},
	"structure":         {"厂房钢结构锈蚀", "违规搭建彩钢板夹芯板房", "仓库墙体开裂", "外墙瓷砖有脱落风险"},
	"machinery":         {"冲床未设光电保护", "传动部位防护罩缺失", "急停按钮失效", "砂轮机托架间隙过大"},
	"management":        {"安全教育培训台账不全", "应急预案未按期修订", "未开展班组安全活动", "风险告知牌信息过期", "相关方安全协议未签订"},
	"other":             {"厂区道路限速标志缺失", "劳动防护用品佩戴不规范", "高处平台护栏缺失"},
}

func (w *writer) hiddenDangers() error {
	s := w.s
	for i, d := range w.dangers {
		e := &w.enterprises[d.enterprise]
		categories := pick{{"fire", 24}, {"electrical", 20}, {"machinery", 14}, {"management", 16}, {"special_equipment", 8}, {"hazchem", 4}, {"confined_space", 4}, {"dust", 3}, {"gas", 3}, {"structure", 4}, {"other", 6}}
		campaign := pick{{"three_year", 34}, {"three_level_check", 14}, {"existing_building", 8}, {"self_check", 24}, {"routine", 18}, {"provincial_inspection", 0.15}, {"mobile_fuelling", 0.6}, {"offshore_wind", 0.4}}.draw(s)
		if e.hazchem {
			categories = append(categories, pick{{"hazchem", 34}}...)
			campaign = "hazchem_use"
		}
		category := categories.draw(s)
		found := s.whole(16, 360)
		v := values{
			"danger_no": w.key("YH", i), "summary": one(s, findings[category]), "kind": "general", "category": category, "campaign": campaign,
			"found": w.day(found), "due": w.day(found - s.whole(7, 30)), "at_hazchem_user": e.hazchem, "recheck_level": int64(0),
			"enterprise_name": e.name, "credit_code": e.code, "admin_code": w.code(e.village),
		}
		if s.chance(0.008) {
			v["kind"] = "major"
		}
		switch d.status {
		case 0:
			v["status"] = "closed"
			v["closed"] = w.day(found - s.whole(1, 15))
			v["recheck_level"] = int64(s.whole(1, 3))
		case 1:
			v["status"] = "review"
		case 2:
			v["status"] = "open"
			found = s.whole(1, 14)
			v["found"], v["due"] = w.day(found), w.day(found-30)
		case 3:
			v["status"] = "overdue"
		}
		var shape orb.Geometry
		if e.quality != "none" {
			shape = e.at
		}
		if err := w.record(fmt.Sprint(v["danger_no"]), shape, e.quality, v); err != nil {
			return err
		}
	}
	return nil
}
