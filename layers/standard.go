package layers

import "onemap/geo"

// Standard returns the fields that every record carries besides the declared ones,
// in the order of the table's columns. They are filtered, shown and exported like
// declared fields.
func Standard() []*Field { return standard }

var (
	positionQuality = &CodeList{
		ID:     "position_quality",
		Title:  Text{Zh: "定位精度", En: "Position quality"},
		Source: "this product",
		Status: "provisional", Ordered: true,
		Items: []*Code{
			{Code: string(PositionSurveyed), Title: Text{Zh: "实测", En: "Surveyed"}},
			{Code: string(PositionImage), Title: Text{Zh: "影像选取", En: "Picked on an image"}},
			{Code: string(PositionGeocoded), Title: Text{Zh: "门牌地理编码", En: "Geocoded to the door"}},
			{Code: string(PositionRoad), Title: Text{Zh: "道路", En: "Road"}},
			{Code: string(PositionVillage), Title: Text{Zh: "村（社区）中心", En: "Village centroid"}},
			{Code: string(PositionTownship), Title: Text{Zh: "乡镇（街道）中心", En: "Township centroid"}},
			{Code: string(PositionNone), Title: Text{Zh: "未定位", En: "Unplaced"}},
		},
	}
	datums = &CodeList{
		ID:     "datum",
		Title:  Text{Zh: "来源坐标系", En: "Declared datum"},
		Source: "EPSG registry; GB/T 20257 (CGCS2000)",
		Status: "provisional",
		Items: []*Code{
			{Code: string(geo.CGCS2000), Title: Text{Zh: "国家2000", En: "CGCS2000"}},
			{Code: string(geo.WGS84), Title: Text{Zh: "WGS 84", En: "WGS 84"}},
			{Code: string(geo.GCJ02), Title: Text{Zh: "火星坐标（已还原）", En: "GCJ-02 (undone)"}},
			{Code: string(geo.BD09), Title: Text{Zh: "百度坐标（已还原）", En: "BD-09 (undone)"}},
			{Code: string(geo.Unknown), Title: Text{Zh: "未知（无坐标）", En: "Unknown (no position)"}},
		},
	}
	standard = []*Field{
		{Name: "source", Title: Text{Zh: "来源", En: "Source"}, Type: TypeText, Required: true, Sensitivity: Public},
		{Name: "source_id", Title: Text{Zh: "来源编号", En: "Source id"}, Type: TypeText, Required: true, Sensitivity: Public},
		{Name: "valid_from", Title: Text{Zh: "生效时间", En: "Valid from"}, Type: TypeDateTime, Sensitivity: Public},
		{Name: "valid_to", Title: Text{Zh: "失效时间", En: "Valid to"}, Type: TypeDateTime, Sensitivity: Public},
		{Name: "recorded_at", Title: Text{Zh: "入库时间", En: "Recorded at"}, Type: TypeDateTime, Required: true, Sensitivity: Public},
		{Name: "updated_by", Title: Text{Zh: "更新角色", En: "Updated by (role)"}, Type: TypeText, Sensitivity: Internal},
		{Name: "edition", Title: Text{Zh: "版次", En: "Edition"}, Type: TypeInteger, Required: true, Sensitivity: Public},
		{Name: "position_quality", Title: positionQuality.Title, Type: TypeCode, Codes: positionQuality.ID, List: positionQuality, Required: true, Sensitivity: Public},
		{Name: "datum", Title: datums.Title, Type: TypeCode, Codes: datums.ID, List: datums, Required: true, Sensitivity: Public},
	}
)
