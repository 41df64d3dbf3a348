package layers

// RuleInfo describes a rule of checking: F file, S schema, V value, G geometry,
// T topology, A administrative units, U unique, X across layers, C coordinates, D change.
type RuleInfo struct {
	ID       string   `json:"id"`
	Title    Text     `json:"title"`
	Severity Severity `json:"severity"` // unless a declaration says otherwise
	Declared string   `json:"declared"` // what in a declaration it follows from; empty: it holds for every layer
	Hint     Text     `json:"hint"`     // what to do
}

// Rulebook lists all rules by group and number.
func Rulebook() []RuleInfo { return rulebook }

// RuleOf returns the rule of that id. For an unknown id all but the id is empty and the
// severity is error.
func RuleOf(id string) RuleInfo {
	for i := range rulebook {
		if rulebook[i].ID == id {
			return rulebook[i]
		}
	}
	return RuleInfo{ID: id, Severity: SeverityError}
}

// readings are the rules of the rulebook that the problems of reading a file belong to.
var readings = map[string]string{
	"part_missing": "F1", "index_ignored": "F1", "part_unread": "F1", "hidden_part": "F1", "converter_says": "F1",
	"count_mismatch": "F2", "records_deleted": "F2", "trailing_bytes": "F2", "row_ragged": "F2", "quote_doubted": "F2", "hidden_row": "F2", "total_row": "F2",
	"crs_unknown": "F3", "crs_assumed": "F3", "crs_missing": "F3", "encoding_guessed": "F4", "encoding_doubted": "F4", "bad_encoding": "F4", "cut_character": "F4",
	"header_skipped": "F5", "header_missing": "F5", "header_repeated": "F5", "merged_filled": "F5",
	"column_renamed": "S5", "position_columns": "S5", "column_unread": "S2", "duplicate_member": "S2",
	"bad_number": "S3", "bad_date": "S3", "bad_boolean": "S3", "digits_lost": "S3", "code_restored": "S3", "zeros_restored": "S3", "formula_uncached": "S3", "cell_error": "S3", "width_changed": "S3",
	"unit_dropped": "V5", "unit_differs": "V5", "placeholder_null": "V10",
	"empty_geometry": "G1", "bad_position": "G1", "bad_geometry": "G3", "ring_closed": "G4", "part_dropped": "G5", "height_dropped": "G7", "times_dropped": "G7", "curve_linearised": "G7",
}

// ReadingRule returns the rule that a problem of reading belongs to, by the name that
// data/read gives it; a name that is not known is returned as it is.
func ReadingRule(name string) string {
	if id, ok := readings[name]; ok {
		return id
	}
	return name
}

var rulebook = []RuleInfo{
	{"F1", Text{"文件成套", "The file's parts are all there"}, SeverityError, "", Text{"把缺少的部分（.shp、.dbf、.shx、.prj、.cpg）一并打包后重新上传。", "Pack the missing part (.shp, .dbf, .shx, .prj, .cpg) with the others and bring the file again."}},
	{"F2", Text{"图形与属性记录数一致", "Shapes and rows are equal in number"}, SeverityError, "", Text{"从原系统重新导出，不要单独编辑 .dbf 或 .shp。", "Export again from the source; don't edit the .dbf or the .shp by itself."}},
	{"F3", Text{"坐标系已知", "The coordinate system is known"}, SeverityError, "", Text{"用 --crs 说明坐标系，如 --crs EPSG:4549。", "Say the coordinate system with --crs, such as --crs EPSG:4549."}},
	{"F4", Text{"文字编码已知", "The character set is known"}, SeverityWarning, "", Text{"用 --encoding 说明编码（GBK 或 UTF-8）；被截断的文字请在原系统补全。", "Say the character set with --encoding (GBK or UTF-8); complete the text that was cut in the source."}},
	{"F5", Text{"模板与版本已知", "Template and edition are known"}, SeverityError, "", Text{"下载本图层的最新模板，把数据粘贴进去。", "Take the newest template of this layer and paste the data into it."}},
	{"F6", Text{"不是已接收过的文件", "The file has not been brought before"}, SeverityError, "", Text{"该文件已上传过；有改动请上传改动后的文件。", "This very file was brought before; bring the changed one."}},
	{"F7", Text{"压缩包安全", "The archive is safe"}, SeverityError, "", Text{"重新压缩，只放需要的文件，不要嵌套压缩包。", "Pack again, only the files that are needed, no archives inside."}},

	{"S1", Text{"必填列存在", "Required columns are there"}, SeverityError, "required", Text{"补上该列，或用 --map 指定列、--set 给出统一值。", "Add the column, name one with --map, or give one value for all rows with --set."}},
	{"S2", Text{"没有不认识的列", "No column is unknown"}, SeverityNotice, "", Text{"如果这列有用，用 --map 字段=列名 指定；否则不必处理。", "If it is needed, map it with --map FIELD=COLUMN; otherwise leave it."}},
	{"S3", Text{"类型正确", "The type is right"}, SeverityError, "type", Text{"按要求的类型填写，去掉单位和说明文字。", "Write it as the type that is asked for, without units and remarks."}},
	{"S4", Text{"长度不超", "The text is not too long"}, SeverityError, "length", Text{"缩短文字；不要写入备注。", "Shorten the text; leave remarks out."}},
	{"S5", Text{"按别名或截断名对应的列", "A column is known by an alias or a cut name"}, SeverityNotice, "aliases", Text{"请确认对应关系；不对时用 --map 指定。", "Confirm that it is the right one; if not, map it with --map."}},

	{"V1", Text{"必填项不为空", "Required values are filled in"}, SeverityError, "required", Text{"填写该项；确实没有的，向主管部门询问应填的代码。", "Fill it in; where there is truly none, ask the department for the code to use."}},
	{"V2", Text{"在代码表内", "The value is in the code list"}, SeverityError, "codes", Text{"从模板的下拉列表中选择。", "Choose from the list in the template."}},
	{"V3", Text{"数值在范围内", "The number is in range"}, SeverityError, "range", Text{"核对数值和单位。", "Check the number and its unit."}},
	{"V4", Text{"日期先后合理", "Dates are in order"}, SeverityError, "rules: order", Text{"核对两个日期，是否填反或年份有误。", "Check both dates: are they exchanged, or is a year wrong?"}},
	{"V5", Text{"单位正确", "The unit is right"}, SeverityWarning, "unit; rules: usual, measure", Text{"换算成要求的单位，只填数字。", "Convert to the unit that is asked for and write the number only."}},
	{"V6", Text{"统一社会信用代码有效", "The credit code is valid"}, SeverityError, "check: credit_code", Text{"对照营业执照重新录入；注意 0 与 O、1 与 I、2 与 Z、5 与 S。", "Copy it from the business licence again; mind 0 and O, 1 and I, 2 and Z, 5 and S."}},
	{"V7", Text{"区划代码在当时有效", "The administrative code exists at the record's date"}, SeverityError, "check: admin_code; rules: code_at", Text{"改用现行区划代码。", "Use the code that is in force."}},
	{"V8", Text{"条件项一致", "What is conditional holds"}, SeverityError, "rules: when", Text{"核对相关的几项，改正其中不对的一项。", "Check the fields that belong together and mend the wrong one."}},
	{"V9", Text{"合计等于分项之和", "Totals and parts fit"}, SeverityError, "rules: sum, order", Text{"核对合计与各分项。", "Check the total and its parts."}},
	{"V10", Text{"不是占位文字", "The text is no placeholder"}, SeverityError, "", Text{"填写真实内容；没有就留空。", "Write what is true; leave it empty where there is nothing."}},
	{"V11", Text{"格式正确", "The form is right"}, SeverityError, "pattern", Text{"按格式填写。", "Write it in the form that is asked for."}},

	{"G1", Text{"有空间位置", "There is a position"}, SeverityNotice, "", Text{"补上位置；没有位置的记录按“未定位”入库，不会丢失。", "Add the position; records without one are kept as unplaced and not lost."}},
	{"G2", Text{"几何类型与图层一致", "The geometry is of the layer's kind"}, SeverityError, "geometry", Text{"检查是否选错了图层或文件。", "See whether it is the wrong layer or file."}},
	{"G3", Text{"几何有效", "The geometry is valid"}, SeverityError, "", Text{"在所示位置修改图形；可采用给出的修复，请核对面积。", "Mend the shape at the place shown; a repair may be offered: compare the areas."}},
	{"G4", Text{"环闭合、方向正确", "Rings are closed and wound rightly"}, SeverityWarning, "", Text{"在原系统中闭合图形；已闭合的请核对。", "Close the shape in the source; look at what has been closed."}},
	{"G5", Text{"没有重复点、尖刺和碎面", "No duplicate vertices, spikes or slivers"}, SeverityWarning, "", Text{"在所示位置清理图形。", "Tidy the shape at the place shown."}},
	{"G6", Text{"大小在范围内", "The size is in range"}, SeverityError, "size", Text{"核对图形是否画错，或坐标单位是否有误。", "See whether it is drawn wrongly or its coordinates have another unit."}},
	{"G7", Text{"高程、测度和曲线已处理", "Heights, measures and curves are left out"}, SeverityNotice, "", Text{"不影响平面位置；需要高程时请放在属性中。", "The position is not affected; put heights that are needed into a field."}},
	{"G8", Text{"位置在本市范围（加外扩）内", "The position is in the city and its margin"}, SeverityError, "margin", Text{"检查坐标系、带号、经纬度是否颠倒。", "Check the coordinate system, the zone, and the order of longitude and latitude."}},

	{"T1", Text{"面不重叠", "Areas do not overlap"}, SeverityError, "rules: coverage", Text{"在所示位置修整边界，使两个面只共边。", "Mend the border at the place shown so that the two only share it."}},
	{"T2", Text{"面之间没有缝隙", "There are no gaps between areas"}, SeverityWarning, "rules: gaps", Text{"在所示位置把边界对齐。", "Snap the borders together at the place shown."}},
	{"T3", Text{"线相接", "Lines connect"}, SeverityWarning, "rules: connects", Text{"把端点捕捉到相邻线的端点。", "Snap the end to that of the neighbouring line."}},
	{"T4", Text{"桥在路上", "What stands on a road does"}, SeverityWarning, "rules: on", Text{"核对位置，或先导入道路。", "Check the position, or bring the roads first."}},
	{"T5", Text{"点在所属面内", "The object is in the area it names"}, SeverityError, "rules: inside", Text{"核对位置，或改正所属编号。", "Check the position, or the number of the area it belongs to."}},

	{"A1", Text{"位置与区划代码一致", "Position and administrative code agree"}, SeverityError, "area; rules: area", Text{"核对位置，或改正区划代码。", "Check the position, or mend the code."}},
	{"A2", Text{"靠近区划界线", "The position is just over a border"}, SeverityWarning, "area; rules: area", Text{"界线有误差；请确认属于哪一边。", "Borders have errors; confirm on which side it is."}},
	{"A3", Text{"海上目标在海上", "What is at sea is at sea"}, SeverityError, "rules: sea", Text{"核对位置：该目标落在陆地上。", "Check the position: it is on land."}},
	{"A4", Text{"飞地", "Exclaves"}, SeverityNotice, "area", Text{"飞地属于其管辖县，不是错误。", "An exclave belongs to the county that governs it; this is no fault."}},
	{"A5", Text{"乡镇代码在县代码之下", "The township's code is under its county's"}, SeverityError, "check: admin_code; rules: under", Text{"核对乡镇、村代码的前六位。", "Check the first six digits of the code."}},

	{"U1", Text{"编号在文件内唯一", "The key stands once in the file"}, SeverityError, "key", Text{"删去重复的行，或改正编号。", "Remove the repeated row, or mend its key."}},
	{"U2", Text{"编号未被其他来源使用", "The key is not another source's"}, SeverityError, "key", Text{"改用新的编号，或扩大导入范围。", "Use another key, or import for a scope that has both."}},
	{"U3", Text{"同名同地不同编号", "Same name and place under another key"}, SeverityWarning, "rules: same_place", Text{"可能是重复登记，请核对后删去一条或改正编号。", "It may have been registered twice; remove one or mend its key."}},
	{"U4", Text{"多条记录落在同一点", "Many records on one place"}, SeverityNotice, "rules: pile", Text{"可能用了村或乡镇的中心点；能落到实地的请补测。", "A centroid may have been used; survey those that can be placed."}},

	{"X1", Text{"有表无图", "A form without geometry"}, SeverityWarning, "", Text{"补画图形，或核对连接用的编号。", "Draw the shape, or check the key that joins form and shape."}},
	{"X2", Text{"有图无表", "A geometry without form"}, SeverityWarning, "", Text{"补填表格，或核对连接用的编号。", "Fill in the form, or check the key that joins form and shape."}},
	{"X3", Text{"避让危险区", "The object keeps clear of hazard zones"}, SeverityWarning, "rules: clear", Text{"核对位置；确在危险区内的，应停用或说明理由。", "Check the position; what is truly in the zone should be closed or explained."}},
	{"X4", Text{"与登记名录一致", "It agrees with the register"}, SeverityWarning, "rules: register", Text{"对照名录改正，或先补登名录。", "Mend it by the register, or add it there first."}},
	{"X5", Text{"数量与面积相称", "Two figures fit each other"}, SeverityWarning, "rules: ratio", Text{"核对两个数及其单位。", "Check both figures and their units."}},

	{"C1", Text{"经纬度没有颠倒", "Longitude and latitude are not exchanged"}, SeverityError, "", Text{"交换两列，或用 --axis 说明坐标顺序。", "Exchange the two columns, or say the order with --axis."}},
	{"C2", Text{"没有用错投影带", "The zone is the right one"}, SeverityError, "", Text{"用 --crs 指定正确的中央经线（120° 为 EPSG:4549，123° 为 EPSG:4550）。", "Say the right central meridian with --crs (EPSG:4549 for 120°, EPSG:4550 for 123°)."}},
	{"C3", Text{"没有地图偏移", "There is no map vendor's shift"}, SeverityError, "", Text{"用 --shift GCJ02 或 --shift BD09 重新导入。", "Import again with --shift GCJ02 or --shift BD09."}},
	{"C4", Text{"坐标没有被截短", "Coordinates are not cut short"}, SeverityWarning, "", Text{"从原系统导出更多小数位（至少 6 位）。", "Export more decimals from the source (six at least)."}},
	{"C5", Text{"坐标不是 (0,0)", "The position is not (0, 0)"}, SeverityError, "", Text{"填写真实坐标，没有就留空。", "Write the true position, or none."}},

	{"D1", Text{"记录数变化合理", "The number of records is plausible"}, SeverityWarning, "rules: change", Text{"确认是否只上传了一部分，或选错了范围。", "See whether only a part was brought, or for the wrong scope."}},
	{"D2", Text{"移动距离合理", "Records have not moved far"}, SeverityWarning, "rules: change", Text{"核对新旧位置。", "Check the old and the new position."}},
	{"D3", Text{"消失的编号", "Keys that have vanished"}, SeverityWarning, "rules: change", Text{"确认确已撤销，而不是漏报或换了编号。", "Make sure they are truly gone, not left out or renumbered."}},
	{"D4", Text{"等级变化合理", "Grades have not jumped"}, SeverityWarning, "rules: change", Text{"核对等级是否填错。", "Check the grade."}},
}
