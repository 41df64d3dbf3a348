package sample

// The figures of the report on the city's emergency management in 2021. Each constant
// quotes the sentence it is taken from; the default city holds exactly these numbers.
const (
	// Enterprises: 全市33782家工业企业完成安全生产风险首次报告.
	Enterprises = 33_782
	// Graded: 16288家企业完成安全风险等级划分; the other 17,494 are ungraded.
	Graded = 16_288
	// HazchemUsers: 危化品使用……全市17122家企业完成系统数据录入. Here they are all among Enterprises.
	HazchemUsers = 17_122
	// Standardised: 全市工贸企业达标数11872家.
	Standardised = 11_872
	// Registered: 全市2.2万家单位完成注册及风险信息填报.
	Registered = 22_000
	// Dangers: 累计排查治理问题隐患16.8万个.
	Dangers = 168_000
	// DangersAtHazchemUsers: 危险化学品使用单位……排查治理问题隐患39091个.
	DangersAtHazchemUsers = 39_091
	// Teams: 目前全市共有各类应急救援队伍661支.
	Teams = 661
	// RegisteredSocialTeams: 在民政注册的社会应急力量7支.
	RegisteredSocialTeams = 7
	// Officers: 配备“市、县、镇”三级灾害信息员AB角3800多名; taken as 3,800.
	Officers = 3_800
	// Experts: 对756名专家创新试行积分管理.
	Experts = 756
	// TownshipPlans: 全市共完成乡镇应急预案2322个.
	TownshipPlans = 2_322
	// Villages: 村居现场处置方案1929个, one a village.
	Villages = 1_929
	// EnterprisePlans: 企业应急预案23293个.
	EnterprisePlans = 23_293
	// FacilityPlans: 学校和医院应急预案6085个.
	FacilityPlans = 6_085
	// Drills: 今年以来共开展各类应急演练8114场次.
	Drills = 8_114
	// DrillPeople: 近29万人次参与; taken as 290,000.
	DrillPeople = 290_000
	// Accidents and Deaths: 全市发生各类生产安全事故118起、死亡74人.
	Accidents = 118
	Deaths    = 74
	// EnforcementCases: 全市应急管理系统共事前执法3739起.
	EnforcementCases = 3_739
	// SupplyItems: 储备各类通用救灾物资20990件.
	SupplyItems = 20_990
	// Alerts: 累计发出监测预警5.5万余条; taken as 55,000.
	Alerts = 55_000
	// Claims and ClaimSum: “4·30”灾害中共理赔7997件，赔付金额991.3万元 (ClaimSum in yuan).
	Claims   = 7_997
	ClaimSum = 9_913_000
	// CensusRecords: 填报“3+8+25”类数据22170条.
	CensusRecords = 22_170
	// CampaignTasks: 全市196项整治任务均已完成 (26 + 110 + 60).
	CampaignTasks = 196
	// DemonstrationCommunities: 全市8个社区成功创建“全国综合减灾示范社区”.
	DemonstrationCommunities = 8
	// Residents is no figure of the report: about 7.7 million people live in the city.
	Residents = 7_700_000
)
