"""Names of places, English and Chinese, by which a reader knows that somebody says where he is from.

Written for this project from general knowledge. They need not be complete: behind ``from`` and 在 a place is known by
where it stands.
"""

from __future__ import annotations

from typing import Final

from replydesk.data.privacy.lexicon import TOWNS, words

__all__ = ["AMBIGUOUS_PLACES", "DEMONYMS", "HAN_PLACE", "HAN_PLACES", "HAN_TOWNS", "PLACE", "PLACES"]

PLACE: Final = "<PLACE_1>"
HAN_PLACE: Final = "\x01"
"""What stands for a place that is not read, until what introduces somebody is left out: a word; a character."""


AMBIGUOUS_PLACES: Final = words("""
    barking bath buffalo bury chad chile china cork crewe deal derby georgia guinea hove hull jersey jordan lima mobile
    nice orange phoenix polish poole reading rugby sale sandwich split turkey turkish wells welsh worthing dover
    scotch delta danish boulder darwin hastings hanover modena slough windsor columbus chester
""")
"""Words that are places only with a capital letter."""

PLACES: Final = (
    AMBIGUOUS_PLACES
    | TOWNS
    | words("""
    afghanistan afghan africa african albania albanian algeria algerian america american angola argentina argentinian
    armenia armenian asia asian australia australian austria austrian azerbaijan bahrain bangladesh bangladeshi
    barbados belarus belgium belgian bolivia bosnia botswana brazil brazilian britain british brunei bulgaria bulgarian
    cambodia cameroon canada canadian caribbean chilean chinese colombia colombian congo croatia croatian cuba cuban
    cyprus cypriot czechia czech denmark dane dutch ecuador egypt egyptian emirates england english eritrea estonia
    estonian ethiopia ethiopian europe european fiji finland finnish france french gambia georgian german germany ghana
    ghanaian greece greek guatemala guyana haiti haitian holland honduras hungary hungarian iceland icelandic india
    indian indonesia indonesian iran iranian iraq iraqi ireland irish israel israeli italy italian jamaica jamaican
    japan japanese jordanian kazakhstan kenya kenyan korea korean kosovo kuwait kuwaiti laos latvia latvian lebanon
    lebanese liberia libya libyan lithuania lithuanian luxembourg macau macedonia madagascar malawi malaysia malaysian
    mali malta maltese mauritius mexico mexican moldova monaco mongolia mongolian montenegro morocco moroccan
    mozambique myanmar namibia nepal nepalese nepali netherlands nicaragua niger nigeria nigerian norway norwegian oman
    pakistan pakistani palestine palestinian panama paraguay peru peruvian philippines filipino poland portugal
    portuguese qatar romania romanian russia russian rwanda samoa saudi scandinavia scotland scottish senegal serbia
    serbian singapore singaporean slovakia slovak slovenia slovenian somalia somali spain spanish sudan sudanese sweden
    swedish switzerland swiss syria syrian taiwan taiwanese tanzania thai thailand tibet tibetan togo trinidad tunisia
    tunisian uganda ugandan uk ukraine ukrainian uruguay usa uzbekistan venezuela venezuelan vietnam vietnamese wales
    yemen yemeni zambia zimbabwe zimbabwean ulster cornwall cornish devon dorset essex kent norfolk suffolk surrey
    sussex yorkshire lancashire cumbria cheshire shropshire somerset wiltshire hampshire berkshire oxfordshire
    northumberland merseyside midlands london londoner manchester mancunian birmingham leeds glasgow glaswegian
    sheffield liverpool liverpudlian edinburgh bristol cardiff belfast leicester coventry bradford nottingham
    newcastle sunderland brighton plymouth wolverhampton southampton portsmouth swansea aberdeen dundee inverness
    cambridge oxford norwich exeter ipswich luton swindon bournemouth middlesbrough blackpool bolton stockport preston
    huddersfield rotherham doncaster wigan oldham rochdale salford stoke gloucester cheltenham worcester lincoln
    peterborough colchester canterbury maidstone slough watford guildford croydon hackney brixton tottenham durham
    carlisle lancaster chester shrewsbury stirling perth paisley newport wrexham derry limerick galway dublin waterford
    alabama alaska arizona arkansas california californian colorado connecticut delaware florida hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana
    nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas texan utah vermont wisconsin wyoming manhattan
    brooklyn bronx queens chicago houston philadelphia dallas austin boston seattle denver detroit portland memphis
    nashville baltimore milwaukee albuquerque tucson sacramento atlanta miami oakland minneapolis cleveland tampa
    orlando pittsburgh cincinnati louisville ontario quebec alberta manitoba toronto montreal vancouver calgary ottawa
    edmonton winnipeg halifax sydney melbourne brisbane adelaide canberra queensland tasmania auckland wellington
    christchurch paris lyon marseille toulouse bordeaux lille strasbourg berlin hamburg munich cologne frankfurt
    stuttgart leipzig dresden bavaria vienna salzburg zurich geneva basel brussels antwerp ghent amsterdam rotterdam
    utrecht hague copenhagen aarhus stockholm gothenburg malmo oslo bergen helsinki reykjavik madrid barcelona valencia
    seville catalonia lisbon porto rome milan naples turin venice florence sicily athens thessaloniki warsaw krakow
    gdansk wroclaw lodz prague brno budapest bucharest sofia belgrade zagreb sarajevo tirana skopje ljubljana
    bratislava vilnius riga tallinn minsk kyiv kiev odesa lviv kharkiv moscow petersburg istanbul ankara izmir tbilisi
    yerevan baku tehran baghdad basra damascus aleppo beirut amman jerusalem gaza riyadh jeddah mecca doha dubai
    abu dhabi muscat sanaa kabul kandahar karachi lahore islamabad peshawar rawalpindi delhi mumbai bombay bangalore
    bengaluru chennai kolkata hyderabad pune ahmedabad jaipur lucknow kerala punjab punjabi gujarat gujarati bengal
    bengali tamil kashmir dhaka chittagong sylhet colombo kathmandu yangon bangkok hanoi saigon phnom penh kuala lumpur
    jakarta bali surabaya manila cebu tokyo osaka kyoto nagoya sapporo seoul busan pyongyang beijing shanghai guangzhou
    shenzhen chengdu chongqing wuhan tianjin nanjing hangzhou xian harbin urumqi xinjiang lhasa kunming guangdong
    sichuan henan taipei kaohsiung ulaanbaatar tashkent almaty cairo alexandria casablanca marrakech rabat algiers tunis
    tripoli khartoum addis ababa nairobi mombasa kampala kigali mogadishu dar salaam lagos abuja kano ibadan accra
    kumasi dakar abidjan bamako kinshasa luanda harare lusaka johannesburg cape durban pretoria soweto maputo
    antananarivo kingston havana bogota medellin quito caracas santiago montevideo brasilia rio janeiro paulo
    hong kong york jersey zealand lanka arabia rica salvador islay orkney shetland anglesey
    buenos aires tijuana guadalajara monterrey honolulu
""")
)
"""Countries, regions and cities, and who is from there, word by word and in lower case."""

DEMONYMS: Final = frozenset(
    word
    for word in PLACES
    if word.endswith(("ish", "ese", "sian", "lian", "rian", "nian", "dian", "tian"))
    or word
    in words("american mexican african korean greek french german dutch thai czech hindi arabic russian italian")
)
"""Which of them say of what people, and in what language: *in Italian* is no place."""

HAN_PLACES: Final = words("""
    北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
    云南 陕西 甘肃 青海 台湾 内蒙古 内蒙 广西 西藏 宁夏 新疆 香港 澳门 东北 西北 西南 华北 华东 华南 华中 江浙沪
    石家庄 唐山 保定 邯郸 太原 大同 呼和浩特 包头 鄂尔多斯 沈阳 大连 鞍山 长春 延边 哈尔滨 大庆 齐齐哈尔 南京 苏州
    无锡 常州 徐州 南通 扬州 盐城 杭州 宁波 温州 嘉兴 绍兴 金华 义乌 台州 合肥 芜湖 福州 厦门 泉州 莆田 南昌 赣州 九江
    济南 青岛 烟台 潍坊 临沂 郑州 洛阳 开封 南阳 武汉 宜昌 襄阳 长沙 株洲 岳阳 广州 深圳 珠海 佛山 东莞 汕头 惠州 中山
    湛江 潮汕 南宁 桂林 柳州 海口 三亚 成都 绵阳 宜宾 贵阳 遵义 昆明 大理 丽江 拉萨 日喀则 西安 咸阳 宝鸡 延安 兰州
    天水 西宁 银川 乌鲁木齐 喀什 伊犁 和田 阿克苏 吐鲁番 台北 高雄 台中 美国 英国 法国 德国 日本 韩国 朝鲜 俄罗斯
    意大利 西班牙 葡萄牙 荷兰 比利时 瑞士 瑞典 挪威 丹麦 芬兰 波兰 乌克兰 希腊 土耳其 埃及 尼日利亚 肯尼亚 南非 加纳
    印度 巴基斯坦 孟加拉 泰国 越南 缅甸 老挝 柬埔寨 菲律宾 马来西亚 新加坡 印尼 印度尼西亚 澳大利亚 澳洲 新西兰 加拿大
    墨西哥 巴西 阿根廷 秦皇岛 邢台 张家口 承德 沧州 廊坊 衡水 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 乌海 赤峰
    通辽 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 四平
    辽源 通化 松原 白城 鸡西 鹤岗 双鸭山 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭 连云港 淮安 镇江 泰州 宿迁 湖州
    衢州 舟山 丽水 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 三明 漳州 南平 龙岩 宁德
    萍乡 新余 鹰潭 吉安 宜春 抚州 上饶 淄博 枣庄 东营 济宁 泰安 威海 德州 聊城 滨州 菏泽 平顶山 安阳 鹤壁 新乡 焦作
    濮阳 许昌 漯河 三门峡 商丘 信阳 周口 驻马店 黄石 十堰 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 湘潭 衡阳 邵阳 常德
    张家界 益阳 郴州 永州 怀化 娄底 湘西 韶关 江门 茂名 肇庆 梅州 汕尾 河源 阳江 清远 潮州 揭阳 云浮 梧州 北海 防城港
    钦州 贵港 玉林 百色 贺州 河池 崇左 三沙 儋州 自贡 攀枝花 泸州 德阳 广元 遂宁 内江 乐山 南充 眉山 广安 达州 雅安
    巴中 资阳 阿坝 甘孜 凉山 六盘水 安顺 毕节 铜仁 黔西南 黔东南 黔南 曲靖 玉溪 保山 昭通 临沧 楚雄 红河 文山 西双版纳
    德宏 怒江 迪庆 昌都 山南 那曲 林芝 铜川 渭南 汉中 榆林 商洛 嘉峪关 金昌 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏
    甘南 海东 海北 黄南 海南州 果洛 玉树 海西 石嘴山 吴忠 固原 中卫 克拉玛依 哈密 昌吉 博尔塔拉 巴音郭楞 克孜勒苏 塔城
    阿勒泰 石河子 智利 哈萨克斯坦 蒙古 伊朗 伊拉克 非洲 欧洲 美洲 东南亚 伦敦 巴黎 柏林 东京 首尔 纽约 曼谷 悉尼
    阿富汗 阿尔巴尼亚 阿尔及利亚 安道尔 安哥拉 安提瓜和巴布达 亚美尼亚 奥地利 阿塞拜疆 巴哈马 巴林 孟加拉国 巴巴多斯
    白俄罗斯 伯利兹 贝宁 不丹 玻利维亚 波黑 波斯尼亚 博茨瓦纳 文莱 保加利亚
    布基纳法索 布隆迪 佛得角 喀麦隆 乍得 哥伦比亚 科摩罗 刚果 哥斯达黎加 科特迪瓦 克罗地亚 古巴 塞浦路斯 捷克 吉布提
    多米尼加 多米尼克 厄瓜多尔 萨尔瓦多 赤道几内亚 厄立特里亚 爱沙尼亚 斯威士兰
    埃塞俄比亚 斐济 加蓬 冈比亚 格鲁吉亚 格林纳达 危地马拉 几内亚 圭亚那 海地 洪都拉斯 匈牙利 冰岛 爱尔兰 以色列
    牙买加 约旦 基里巴斯 科威特 吉尔吉斯斯坦 拉脱维亚 黎巴嫩 莱索托 利比里亚 利比亚
    列支敦士登 立陶宛 马达加斯加 马拉维 马尔代夫 马耳他 毛里塔尼亚 毛里求斯 密克罗尼西亚 摩尔多瓦 摩纳哥 摩洛哥
    莫桑比克 纳米比亚 瑙鲁 尼泊尔 尼加拉瓜 尼日尔 北马其顿 阿曼 帕劳 巴勒斯坦 巴拿马
    巴布亚新几内亚 巴拉圭 秘鲁 卡塔尔 罗马尼亚 卢旺达 萨摩亚 圣马力诺 沙特 沙特阿拉伯 塞内加尔 塞尔维亚 塞舌尔
    塞拉利昂 斯洛伐克 斯洛文尼亚 所罗门群岛 索马里 南苏丹 斯里兰卡 苏丹 苏里南 叙利亚
    塔吉克斯坦 坦桑尼亚 东帝汶 多哥 特立尼达和多巴哥 突尼斯 土库曼斯坦 图瓦卢 乌干达 阿联酋 乌拉圭 乌兹别克斯坦
    瓦努阿图 梵蒂冈 委内瑞拉 也门 赞比亚 津巴布韦
""")
"""Provinces, prefectures, great cities and countries; the dictionary of rjieba knows more.

Prefectures are those of the table of the Ministry of Civil Affairs, but for names that are words or wares, as 日照
and 普洱.
"""

HAN_TOWNS: Final = words("""
    昆山 常熟 张家港 太仓 江阴 宜兴 溧阳 丹阳 扬中 句容 靖江 泰兴 兴化 启东 如皋 海门 东台 仪征 高邮 邳州 新沂 慈溪
    余姚 诸暨 嵊州 海宁 桐乡 平湖 临海 温岭 玉环 乐清 瑞安 龙港 永康 东阳 兰溪 江山 龙泉 建德 临安 富阳 萧山 余杭 巢湖
    桐城 天长 明光 界首 潜山 无为 广德 晋江 石狮 南安 福清 长乐 永安 邵武 武夷山 建瓯 福安 福鼎 漳平 龙海 瑞金 井冈山
    德兴 贵溪 樟树 丰城 高安 乐平 共青城 庐山 胶州 平度 莱西 即墨 滕州 寿光 诸城 青州 安丘 高密 昌邑 龙口 莱阳 莱州
    招远 栖霞 海阳 蓬莱 荣成 乳山 曲阜 邹城 新泰 肥城 邹平 乐陵 禹城 临清 巩义 荥阳 新密 新郑 登封 汝州 舞钢 林州 卫辉
    辉县 沁阳 孟州 禹州 长葛 义马 灵宝 邓州 永城 项城 济源 偃师 大冶 丹江口 枝江 宜都 当阳 枣阳 宜城 老河口 钟祥 京山
    应城 安陆 汉川 松滋 石首 洪湖 监利 麻城 武穴 赤壁 广水 利川 仙桃 潜江 天门 神农架 浏阳 宁乡 醴陵 湘乡 韶山 耒阳
    常宁 武冈 邵东 汨罗 临湘 津市 沅江 资兴 洪江 冷水江 涟源 吉首 凤凰 芷江 溆浦 增城 从化 顺德 台山 开平 鹤山 恩平
    廉江 雷州 吴川 高州 化州 信宜 四会 兴宁 陆丰 阳春 英德 连州 普宁 罗定 阳朔 岑溪 东兴 桂平 北流 靖西 平果 宜州 合山
    凭祥 琼海 文昌 万宁 东方 五指山 陵水 都江堰 彭州 邛崃 崇州 简阳 广汉 什邡 绵竹 江油 峨眉山 阆中 华蓥 万源 西昌
    康定 马尔康 会理 射洪 隆昌 清镇 赤水 仁怀 盘州 兴义 凯里 都匀 福泉 安宁 宣威 腾冲 个旧 开远 蒙自 弥勒 景洪 瑞丽
    芒市 泸水 香格里拉 水富 澄江 兴平 彬州 韩城 华阴 神木 子长 杨凌 华亭 玉门 敦煌 合作 格尔木 德令哈 茫崖 灵武 青铜峡
    库尔勒 阿图什 奎屯 博乐 阿拉山口 五家渠 阿拉尔 图木舒克 霍尔果斯 乌苏 沙湾 库车 辛集 晋州 新乐 遵化 迁安 滦州 武安
    南宫 沙河 涿州 定州 安国 高碑店 平泉 泊头 任丘 黄骅 河间 霸州 三河 深州 燕郊 雄安 古交 怀仁 介休 平遥 永济 河津
    原平 侯马 霍州 孝义 汾阳 霍林郭勒 满洲里 牙克石 扎兰屯 额尔古纳 根河 丰镇 乌兰浩特 阿尔山 二连浩特 锡林浩特 新民
    瓦房店 庄河 海城 东港 凤城 凌海 北镇 盖州 大石桥 灯塔 调兵山 开原 北票 凌源 兴城 榆树 德惠 公主岭 蛟河 桦甸 舒兰
    磐石 双辽 梅河口 集安 临江 洮南 大安 扶余 延吉 图们 敦化 珲春 龙井 和龙 尚志 五常 讷河 虎林 密山 铁力 绥芬河 海林
    宁安 穆棱 东宁 同江 富锦 抚远 北安 五大连池 嫩江 安达 肇东 海伦 漠河 乌镇 西塘 周庄 同里 婺源 莫干山 千岛湖 普陀山
    浦东 海淀 光谷 江浙 沙田 将军澳 氹仔 九龙 新界 元朗 屯门 华盛顿 洛杉矶 旧金山 芝加哥 西雅图 波士顿 休斯顿 达拉斯
    亚特兰大 费城 迈阿密 底特律 丹佛 凤凰城 圣地亚哥 圣何塞 波特兰 拉斯维加斯 奥兰多 夏威夷 檀香山 多伦多 温哥华
    蒙特利尔 渥太华 卡尔加里 墨尔本 布里斯班 珀斯 阿德莱德 堪培拉 奥克兰 惠灵顿 曼彻斯特 曼城 伯明翰 利兹 利物浦
    格拉斯哥 爱丁堡 布里斯托 谢菲尔德 诺丁汉 牛津 剑桥 都柏林 贝尔法斯特 里昂 马赛 尼斯 图卢兹 慕尼黑 法兰克福 汉堡
    科隆 斯图加特 杜塞尔多夫 莱比锡 阿姆斯特丹 鹿特丹 海牙 布鲁塞尔 安特卫普 卢森堡 苏黎世 日内瓦 巴塞尔 维也纳 布拉格
    布达佩斯 华沙 克拉科夫 哥本哈根 斯德哥尔摩 哥德堡 奥斯陆 赫尔辛基 坦佩雷 雷克雅未克 里斯本 波尔图 马德里 巴塞罗那
    瓦伦西亚 塞维利亚 罗马 米兰 佛罗伦萨 威尼斯 那不勒斯 都灵 雅典 伊斯坦布尔 安卡拉 莫斯科 圣彼得堡 基辅 明斯克
    布加勒斯特 索非亚 贝尔格莱德 里加 塔林 阿拉木图 塔什干 迪拜 阿布扎比 多哈 利雅得 开罗 拉各斯 阿布贾 内罗毕
    约翰内斯堡 开普敦 阿克拉 卡萨布兰卡 孟买 新德里 班加罗尔 加尔各答 卡拉奇 拉合尔 达卡 加德满都 科伦坡 仰光 清迈
    普吉 河内 胡志明市 金边 万象 吉隆坡 槟城 雅加达 巴厘岛 马尼拉 宿务 大阪 京都 名古屋 横滨 神户 札幌 福冈 釜山
    济州岛 仁川 平壤 乌兰巴托 圣保罗 里约热内卢 布宜诺斯艾利斯 利马 波哥大 墨西哥城 哈瓦那 约克郡 加州 德州 佛州 麻省
    魁北克
""")
"""Cities of counties and cities abroad. They are read by words of a dictionary, not by their characters alone."""
