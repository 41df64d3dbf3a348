package sample

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

const (
	// Sendings: 全年……发布各类短信提醒38次. Messages: 共计800余万条; taken as 8,000,000.
	Sendings = 38
	Messages = 8_000_000
	// activeWarnings are in force until they are cancelled.
	activeWarnings = 6
)

// active is a warning in force at the city's moment.
type active struct {
	event, level, headline, sender, description, instruction, district, area string
	hours                                                                    int // since it was sent
	extent                                                                   func(*Plan) []int
}

func coastWithin(metres float64) func(*Plan) []int {
	return func(p *Plan) []int { return p.where(func(v *village) bool { return v.coast < metres }) }
}

func inDistrict(code string) func(*Plan) []int {
	return func(p *Plan) []int {
		return p.where(func(v *village) bool { return p.land.districts[p.land.towns[v.town].district].code == code })
	}
}

var actives = [activeWarnings]active{
	{"storm_surge", "red", "南通沿海风暴潮红色预警信号（合成）", "南通市海洋预报台", "受偏东大风与天文大潮共同影响，沿海将出现达到红色警戒潮位的高潮。", "请迅速撤离堤外作业人员，船只回港避风。", "320600", "南通市沿海地区", 2, coastWithin(5000)},
	{"gale", "orange", "如东县大风橙色预警信号（合成）", "如东县气象台", "预计沿海和海区将出现9至10级阵风。", "海上风电作业人员请立即撤离，加固临时设施。", "320623", "如东县", 4, inDistrict("320623")},
	{"rainstorm", "yellow", "海安市暴雨黄色预警信号（合成）", "海安市气象台", "预计6小时内降雨量将达50毫米以上。", "请注意低洼地段积水，暂停户外作业。", "320685", "海安市", 3, inDistrict("320685")},
	{"fog", "yellow", "启东市大雾黄色预警信号（合成）", "启东市气象台", "部分地区能见度将小于500米。", "请减速慢行，渡口停航。", "320681", "启东市", 5, inDistrict("320681")},
	{"cold_wave", "blue", "南通市寒潮蓝色预警信号（合成）", "南通市气象台", "48小时内最低气温将下降8度以上。", "请做好防寒保暖和农作物防冻。", "320600", "南通市", 9, (*Plan).all},
	{"waterlogging", "blue", "崇川区城市内涝蓝色预警（合成）", "南通市水利局", "低洼地段可能出现短时积水。", "请避开下穿通道。", "320613", "崇川区低洼地段", 1, func(p *Plan) []int {
		return p.where(func(v *village) bool {
			return v.urban > 0.3 && p.land.districts[p.land.towns[v.town].district].code == "320613"
		})
	}},
}

func (w *writer) warningRecords() error {
	for i, a := range actives {
		sent := w.now.Add(-time.Duration(a.hours) * time.Hour)
		v := values{
			"headline": a.headline, "event": a.event, "level": a.level, "status": "actual", "msg_type": "alert", "sender": a.sender, "sent": sent, "effective": sent,
			"description": a.description, "instruction": a.instruction, "area_description": a.area, "admin_code": a.district,
			"messages_sent": int64(0),
		}
		if err := w.warning(v, i, sent, nil, w.land.union(a.extent(w.Plan))); err != nil {
			return err
		}
	}
	return w.pastWarnings()
}

// pastWarnings are the 38 of the year that messages were sent for.
func (w *writer) pastWarnings() error {
	s := w.s
	weights := make([]float64, Sendings)
	for i := range weights {
		weights[i] = s.between(0.2, 1.8)
	}
	titles := map[string]string{"typhoon": "台风", "rainstorm": "暴雨", "gale": "大风", "thunderstorm_gale": "雷雨大风", "cold_wave": "寒潮", "heat": "高温", "fog": "大雾", "road_ice": "道路结冰"}
	levels := map[string]string{"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}
	for i, n := range apportion(w.few(Messages), weights) {
		kind := pick{{"typhoon", 8}, {"rainstorm", 9}, {"gale", 6}, {"thunderstorm_gale", 6}, {"cold_wave", 3}, {"heat", 4}, {"fog", 4}, {"road_ice", 2}}.draw(s)
		level := pick{{"red", 1}, {"orange", 6}, {"yellow", 16}, {"blue", 15}}.draw(s)
		sent := moment(2021, 1+i*12/Sendings, s.whole(1, 27), s.whole(0, 23), s.whole(0, 59))
		d := w.land.districts[s.IntN(len(w.land.districts))]
		name, code, shape := "南通市", "320600", w.land.shape
		if s.chance(0.45) {
			name, code, shape = d.name, d.code, d.shape
		}
		until := sent.Add(time.Duration(s.whole(3, 36)) * time.Hour)
		v := values{
			"headline": name + titles[kind] + levels[level] + "预警信号", "event": kind, "level": level, "status": "actual", "msg_type": "alert", "sender": name + "气象台",
			"sent": sent, "effective": sent, "expires": until, "description": "预计" + name + "将出现" + titles[kind] + "天气。", "area_description": name, "admin_code": code,
			"messages_sent": int64(n),
		}
		for _, e := range events {
			if !sent.Before(e.from.Add(-48*time.Hour)) && sent.Before(e.to) {
				v["event_no"] = e.no
			}
		}
		if err := w.warning(v, activeWarnings+i, sent, &until, shape); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) warning(v values, i int, sent time.Time, until *time.Time, shape orb.MultiPolygon) error {
	id := fmt.Sprintf("%s41600000_%s_%04d", v["admin_code"], sent.Format("20060102150405"), i+1)
	v["identifier"] = id
	return w.emit(layers.Record{
		Source: layers.SourceSynthetic, SourceID: id, ValidFrom: &sent, ValidTo: until,
		PositionQuality: layers.PositionImage, Datum: "CGCS2000", Geometry: shape, Values: v,
	})
}
