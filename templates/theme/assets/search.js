/* Search in the page: a query in, ranked hits out, from the shards that `kb build` made.
 *
 * The port of generator/search: analysis.py, ranking.py and snippets.py; the names are theirs, the reasons
 * stand there. Shards come by script elements, because a page opened from a disk may load nothing
 * else. No markup here: search-ui.js shows what this finds.
 *
 *   kbSearch.load(base)          base: address of the site's root, ending in "/"
 *   kbSearch.query(text, {language, filters, limit, counts})
 *     -> {hits: [{id, language, kind, path, title, titleMarks, snippet: {text, marks}, facets,
 *        score, isExact, languages, also}], total, counts, words}
 *   kbSearch.suggest(text)       -> the text in words that are there, or ""
 */
(function (global) {
  "use strict";

  // ---- analysis ----

  const LONGEST_TOKEN = 48;
  const LETTERS =
    "A-Za-z\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02af\\u0300-\\u03ff" +
    "\\u0400-\\u058f\\u05d0-\\u05ea\\u0620-\\u065f\\u066e-\\u06d3\\u0900-\\u0dff\\u10d0-\\u10ff" +
    "\\u1e00-\\u1fff";
  const HAN =
    "\\u3005\\u3007\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff" +
    "\\u{20000}-\\u{323af}";
  const UNSPACED = "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e81-\\u0ecd\\u1000-\\u103f\\u1780-\\u17d3";
  const RUN_PATTERN =
    "([" + HAN + "]+)|([" + UNSPACED + "]+)" +
    "|([0-9" + LETTERS + "]+(?:[\\-_./:\\\\'’@+][0-9" + LETTERS + "]+)*)";
  const CONNECTOR = /(?<![0-9])[.:]|[.:](?![0-9])|[.:](?=0x)|[-_/\\'’@+]/;
  const CAMEL = /(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
  const GROUP = new RegExp("[0-9]+|[" + LETTERS + "]{2,}", "gu");
  const HEXADECIMAL = /^0x0*([0-9a-f]+)$/;
  const PADDED = /^(?=.{8})0+([0-9a-f]+)$/;
  const VERSION = /^v?([0-9]+(?:[.:][0-9]+)*)$/;
  const UMLAUT = /(?<![aeoquy])([aou])e(?=[^aeiou])/g;
  const CODE_WORD = new RegExp(
    "^(?:(?:stop|error|code|stopcode|bugcheck|status|event|id|nr|no|fehler|fehlercode|ereignis" +
    "|hresult|exit|http)(?![a-z])|代码|错误代码|错误码|错误|蓝屏|停止代码|报错|事件|รหัสข้อผิดพลาด|รหัส|ข้อผิดพลาด)" +
    "[\\s:#.=\\-]*"
  );
  const ENDING = new RegExp(
    "^(.{4,}?)(ungen|ung|heiten|heit|keiten|keit|ations|ation|ating|ated|ates|ate|ments|ness|ings|ing" +
    "|ions|ion|ies|ern|ers|est|er|en|em|es|ed|et|ly|e|(?<!s)s|n|t)$", "u"
  );
  const INSTEAD = { ments: "ment", ies: "y" };
  const SHORTEST_STEM = 4;

  const TRADITIONAL =
    "丟並亂亙亞佇佈佔併來侖侶侷係俠倀倆倉個們倖倫偉側偵偽傑傖傘備傢傭傯傳債傷傾僅僑僕僥僱價儀" +
    "儂億儈儉儐儔儕儘償優儲儷儸儻儼兇兌兒兗內兩冊冑冪凍凜凱別刪則剎剛剝剴創剷劃劇劉劊劍劑勁動" +
    "務勛勝勞勢勳勵勸勻匯匱區協卹卻厭厲參叢吒吳吶呂員唸問啞啟喚喪喫喬單喲嗆嗇嗎嗚嗶嘆嘍嘔嘖嘗" +
    "嘩嘮嘯嘰噓噥噯噴噸噹嚀嚇嚐嚕嚥嚨嚮嚴嚶囀囁囂囈囉囌囑囪國圍園圓圖團執堅堊堝堯報場塊塋塒塗" +
    "塚塢塵塹墊墜墮墳墾壇壎壓壘壙壞壟壢壩壯壺壽夠夢夾奐奧奩奪奮妝姍姦娛婁婦媧媼媽嫗嫵嫻嬈嬋嬌" +
    "嬤嬪嬰嬸孃孫學孿宮寢實寧審寫寬寵寶將專尋對導尷屆屍屜屢層屨屬岡峴島峽崑崗崙崢嵐嶄嶇嶔嶸嶺" +
    "嶼嶽巒巔巖帥師帳帶幀幃幗幟幣幫幹幾庫廁廂廄廈廚廝廟廠廢廣廬廳弒弔張強彆彈彌彎彙彥彫彿後徑" +
    "從徠復徹恆恥悅悵悶悽惡惱惻愛愜愴愷愾慄態慍慘慚慟慣慫慮慶慼慾憂憊憐憑憚憤憫憮憲憶懇應懍懣" +
    "懲懶懷懸懺懼懾戀戰戲戶拋挾捨捫捱捲掃掄掙掛採揀揚換揮損搖搗搶摑摟摯摺摻撈撐撓撥撫撲撳撻撾" +
    "撿擁擄擇擊擋擔據擠擬擰擱擲擴擷擺擻擾攆攏攔攙攜攝攣攤攪攬敗敘敵數斂斃斕斬斷昇時晉晝暈暉暘" +
    "暢暫曄曆曇曉曖曠曬書會朧朮東枴柵桿梔條梟棄棗棟棧棲楊楓楨業極榦榮構槍槓槨槳樁樂樅樑樓標樞" +
    "樣樸樹樺橈橋機橢橫檔檜檢檣檮檯檳檸檻櫃櫓櫚櫛櫝櫥櫬櫻欄權欖欽歎歐歟歡歲歷歸歿殘殤殮殯殲殺" +
    "殼毀毆氈氣氫氬氳氾汎汙決沒沖況洩洶浹涇涼淒淚淨淪淵淺渙減渦測渾湊湧湯準溝溫溼滄滅滌滬滯滲" +
    "滷滾滿漁漢漣漬漲漸漿潑潔潛潤潯潰澀澆澗澠澤澦澱濁濃濕濘濛濟濤濫濰濱濺濾瀆瀉瀋瀏瀕瀘瀝瀟瀨" +
    "瀰瀲瀾灑灘灣灤災為烏無煉煙煥煩煬熒熱熾燈燉燒燙燜營燦燬燭燴燻燼燾爍爐爛爭爺爾牆牘牽犖犛犢" +
    "犧狀狹狽猙猶獄獅獎獨獰獲獵獷獸獺獻玀現琺琿瑣瑤瑩瑪璣璦環璽璿瓊瓏瓔瓚甌甕產甦畝畢畫異當疇" +
    "疊痙痠瘋瘍瘓瘡瘧瘺療癆癒癘癟癡癢癥癩癬癮癱癲發皚皰皺盃盜盞盡監盤盧盪眾睏睜睞瞞瞼矇矓矚矯" +
    "硃硯碩確碼磚磧磯礎礙礦礪礫礬祕祿禍禎禦禪禮禱禿秈稅稈稜稟種稱穀穌積穎穠穡穢穩穫窩窪窮窯窺" +
    "竄竅竇竊競筆筍筧箇箋箏節範築篠篤篩簍簑簞簡簣簫簽簾籃籌籟籠籤籬籮籲粵糝糞糧糰糾紀紂約紅紆" +
    "紇紉紋納紐純紕紗紙級紛紜紡紮細紱紲紳紹紼絀終絃組絆結絕絛絞絡絢給絨絰統絲絳絹綁綏綑經綜綞" +
    "綠綢綬維綰綱網綴綵綸綺綻綽綾綿緇緊緒緘緙線緝緞締緣編緩緬緯緲練緹緻縈縉縊縐縑縛縝縞縣縫縮" +
    "縱縲縴縵縷縹總績繃繅繆繒織繕繚繞繡繩繪繫繭繳繹繼繽續纏纓纔纖纜缽罈罌罰罵罷羅羈羋羨義羶習" +
    "翹聖聞聯聰聲聳聶職聽聾肅脅脈脣脩脫脹腎腦腫腳腸膚膠膩膽膾膿臉臍臏臘臚臟臢臥臨臺與興舉舊艙" +
    "艦艱艷芻苧茲荊莊莖莢莧華菴菸萇萊萬萵葉葦葷蒐蒞蒼蓀蓆蓋蓮蔔蔣蔥蔭蕩蕪蕭薊薑薔薦薩薺藍藝藥" +
    "藪藹藺蘆蘇蘊蘋蘚蘭蘿處虛虜號虧蛻蜆蝕蝦蝨蝸螞螢螻蟈蟬蟯蟲蟻蠅蠍蠔蠟蠣蠱蠶蠻術衛衝袞裊補裝" +
    "裡製複褲褸褻襖襠襤襪襬襯襲見規覓視覦親覬覲覺覽觀觴觸訂訃計訊訌討訐訓訕訖託記訛訝訟訢訣訥" +
    "訪設許訴訶診註証詁詆詐詔評詖詛詞詠詢詣試詩詫詬詭詮詰話該詳詼誅誇誌認誑誕誘誚語誠誡誣誤誥" +
    "誦誨說誰課誶誹誼調諂諄談諉請諍諒論諛諜諦諧諫諭諮諱諳諶諷諸諺諼諾謀謁謂謄謊謎謐謗謙講謝謠" +
    "謨謫謬謹譁證譎譏識譙譚譜譟譫譯議譴護譽讀變讒讓讖讚讜豈豎豐豔豬貓貝貞負財貢貧貨販貪貫責貯" +
    "貲貳貴貶買貸費貼貽貿賀賁賂賃賄賅資賈賊賑賒賓賜賞賠賡賢賣賤賦質賬賭賴賺賻購賽贅贈贊贍贏贓" +
    "贖贗贛趕趙趨跡踐踴蹕蹟蹣蹤蹺躂躉躊躋躍躑躓躡躪軀車軋軌軍軒軔軛軟軸軻軼軾較載輊輒輓輔輕輛" +
    "輜輝輞輟輥輦輩輪輯輳輸輻輾輿轂轄轅轉轍轎轔轟轡辦辭辮辯農迴逕這連週進遊運過達違遙遜遞遠適" +
    "遲遷選遺遼邁還邇邊邏邐郵鄉鄒鄧鄭鄰鄴酈醃醜醞醣醫醬醱釀釁釅釋釐釗釘釙針釣釦釧釩釵鈉鈍鈐鈑" +
    "鈔鈕鈞鈣鈴鈷鈸鈹鈽鈾鈿鉀鉅鉉鉋鉍鉑鉗鉚鉛鉤鉸鉻銀銅銑銓銖銘銜銨銬銳銷銻銼鋁鋅鋇鋒鋤鋪鋰鋸" +
    "鋼錄錐錕錘錙錚錠錡錢錦錨錫錮錯錳錶鍊鍋鍍鍔鍚鍛鍥鍬鍰鍵鍾鎂鎊鎔鎖鎘鎚鎢鎬鎮鎰鎳鏃鏈鏍鏑鏗" +
    "鏘鏜鏝鏟鏡鏢鏤鏨鏽鐃鐘鐫鐮鐲鐳鐵鐸鐺鑄鑑鑒鑠鑣鑰鑲鑷鑼鑽鑾鑿長門閂閃閉開閎閏閑閒間閔閘閡" +
    "閣閤閥閨閩閭閱閻闆闈闊闋闌闐闔闕闖關闡闢陘陝陞陣陰陳陸陽隊階隕際隨險隱隴隸隻雋雖雙雛雜雞" +
    "離難雲電霑霧霽靂靄靈靜靦靨鞏鞦韁韃韆韉韋韌韓韜韻響頁頂頃項順須頊頌預頑頒頓頗領頜頡頤頭頰" +
    "頷頸頹頻顆題額顎顏顓願顛類顥顧顫顯顰顱風颯颱颳颶颺颼飄飛飢飩飪飭飯飲飴飼飽飾餃餅餉養餌餒" +
    "餓餘餚餛餞餡館餵餾餿饅饉饑饒饗饜饞馬馭馮馱馳馴駁駐駑駒駕駙駛駝駟駢駭駱駿騁騎騖騙騫騰騷騾" +
    "驀驃驅驍驕驗驚驛驟驢驥驪骯髏髒體髖髮鬆鬍鬚鬢鬥鬧鬨鬱魎魘魚魯魷鮑鮪鮫鮭鮮鯀鯉鯊鯖鯛鯧鯨鯽" +
    "鰍鰓鰥鰭鰱鰻鰾鱉鱔鱖鱗鱟鱷鱸鳥鳩鳳鳴鳶鴆鴉鴒鴕鴛鴣鴦鴨鴻鴿鵑鵝鵠鵡鵪鵬鵲鶉鶯鶴鷂鷓鷗鷥鷹" +
    "鷺鸚鸛鸞鹵鹹鹼鹽麗麥麩麴麵麼黃黌點黨黴黷鼕鼴齊齋齒齜齟齡齣齦齧齪齬齲齷龍龐龔龜";
  const SIMPLIFIED =
    "丢并乱亘亚伫布占并来仑侣局系侠伥俩仓个们幸伦伟侧侦伪杰伧伞备家佣偬传债伤倾仅侨仆侥雇价仪" +
    "侬亿侩俭傧俦侪尽偿优储俪㑩傥俨凶兑儿兖内两册胄幂冻凛凯别删则刹刚剥剀创铲划剧刘刽剑剂劲动" +
    "务勋胜劳势勋励劝匀汇匮区协恤却厌厉参丛咤吴呐吕员念问哑启唤丧吃乔单哟呛啬吗呜哔叹喽呕啧尝" +
    "哗唠啸叽嘘哝嗳喷吨当咛吓尝噜咽咙向严嘤啭嗫嚣呓啰苏嘱囱国围园圆图团执坚垩埚尧报场块茔埘涂" +
    "冢坞尘堑垫坠堕坟垦坛埙压垒圹坏垄坜坝壮壶寿够梦夹奂奥奁夺奋妆姗奸娱娄妇娲媪妈妪妩娴娆婵娇" +
    "嬷嫔婴婶娘孙学孪宫寝实宁审写宽宠宝将专寻对导尴届尸屉屡层屦属冈岘岛峡昆岗仑峥岚崭岖嵚嵘岭" +
    "屿岳峦巅岩帅师帐带帧帏帼帜币帮干几库厕厢厩厦厨厮庙厂废广庐厅弑吊张强别弹弥弯汇彦雕佛后径" +
    "从徕复彻恒耻悦怅闷凄恶恼恻爱惬怆恺忾栗态愠惨惭恸惯怂虑庆戚欲忧惫怜凭惮愤悯怃宪忆恳应懔懑" +
    "惩懒怀悬忏惧慑恋战戏户抛挟舍扪挨卷扫抡挣挂采拣扬换挥损摇捣抢掴搂挚折掺捞撑挠拨抚扑揿挞挝" +
    "捡拥掳择击挡担据挤拟拧搁掷扩撷摆擞扰撵拢拦搀携摄挛摊搅揽败叙敌数敛毙斓斩断升时晋昼晕晖旸" +
    "畅暂晔历昙晓暧旷晒书会胧术东拐栅杆栀条枭弃枣栋栈栖杨枫桢业极干荣构枪杠椁桨桩乐枞梁楼标枢" +
    "样朴树桦桡桥机椭横档桧检樯梼台槟柠槛柜橹榈栉椟橱榇樱栏权榄钦叹欧欤欢岁历归殁残殇殓殡歼杀" +
    "壳毁殴毡气氢氩氲泛泛污决没冲况泄汹浃泾凉凄泪净沦渊浅涣减涡测浑凑涌汤准沟温湿沧灭涤沪滞渗" +
    "卤滚满渔汉涟渍涨渐浆泼洁潜润浔溃涩浇涧渑泽滪淀浊浓湿泞蒙济涛滥潍滨溅滤渎泻沈浏濒泸沥潇濑" +
    "弥潋澜洒滩湾滦灾为乌无炼烟焕烦炀荧热炽灯炖烧烫焖营灿毁烛烩熏烬焘烁炉烂争爷尔墙牍牵荦牦犊" +
    "牺状狭狈狰犹狱狮奖独狞获猎犷兽獭献猡现珐珲琐瑶莹玛玑瑷环玺璇琼珑璎瓒瓯瓮产苏亩毕画异当畴" +
    "叠痉酸疯疡痪疮疟瘘疗痨愈疠瘪痴痒症癞癣瘾瘫癫发皑疱皱杯盗盏尽监盘卢荡众困睁睐瞒睑蒙眬瞩矫" +
    "朱砚硕确码砖碛矶础碍矿砺砾矾秘禄祸祯御禅礼祷秃籼税秆棱禀种称谷稣积颖秾穑秽稳获窝洼穷窑窥" +
    "窜窍窦窃竞笔笋笕个笺筝节范筑筿笃筛篓蓑箪简篑箫签帘篮筹籁笼签篱箩吁粤糁粪粮团纠纪纣约红纡" +
    "纥纫纹纳纽纯纰纱纸级纷纭纺扎细绂绁绅绍绋绌终弦组绊结绝绦绞络绚给绒绖统丝绛绢绑绥捆经综缍" +
    "绿绸绶维绾纲网缀彩纶绮绽绰绫绵缁紧绪缄缂线缉缎缔缘编缓缅纬缈练缇致萦缙缢绉缣缚缜缟县缝缩" +
    "纵缧纤缦缕缥总绩绷缫缪缯织缮缭绕绣绳绘系茧缴绎继缤续缠缨才纤缆钵坛罂罚骂罢罗羁芈羡义膻习" +
    "翘圣闻联聪声耸聂职听聋肃胁脉唇修脱胀肾脑肿脚肠肤胶腻胆脍脓脸脐膑腊胪脏臜卧临台与兴举旧舱" +
    "舰艰艳刍苎兹荆庄茎荚苋华庵烟苌莱万莴叶苇荤搜莅苍荪席盖莲卜蒋葱荫荡芜萧蓟姜蔷荐萨荠蓝艺药" +
    "薮蔼蔺芦苏蕴苹藓兰萝处虚虏号亏蜕蚬蚀虾虱蜗蚂萤蝼蝈蝉蛲虫蚁蝇蝎蚝蜡蛎蛊蚕蛮术卫冲衮袅补装" +
    "里制复裤褛亵袄裆褴袜摆衬袭见规觅视觎亲觊觐觉览观觞触订讣计讯讧讨讦训讪讫托记讹讶讼䜣诀讷" +
    "访设许诉诃诊注证诂诋诈诏评诐诅词咏询诣试诗诧诟诡诠诘话该详诙诛夸志认诳诞诱诮语诚诫诬误诰" +
    "诵诲说谁课谇诽谊调谄谆谈诿请诤谅论谀谍谛谐谏谕咨讳谙谌讽诸谚谖诺谋谒谓誊谎谜谧谤谦讲谢谣" +
    "谟谪谬谨哗证谲讥识谯谭谱噪谵译议谴护誉读变谗让谶赞谠岂竖丰艳猪猫贝贞负财贡贫货贩贪贯责贮" +
    "赀贰贵贬买贷费贴贻贸贺贲赂赁贿赅资贾贼赈赊宾赐赏赔赓贤卖贱赋质账赌赖赚赙购赛赘赠赞赡赢赃" +
    "赎赝赣赶赵趋迹践踊跸迹蹒踪跷跶趸踌跻跃踯踬蹑躏躯车轧轨军轩轫轭软轴轲轶轼较载轾辄挽辅轻辆" +
    "辎辉辋辍辊辇辈轮辑辏输辐辗舆毂辖辕转辙轿辚轰辔办辞辫辩农回迳这连周进游运过达违遥逊递远适" +
    "迟迁选遗辽迈还迩边逻逦邮乡邹邓郑邻邺郦腌丑酝糖医酱酦酿衅酽释厘钊钉钋针钓扣钏钒钗钠钝钤钣" +
    "钞钮钧钙铃钴钹铍钸铀钿钾巨铉铇铋铂钳铆铅钩铰铬银铜铣铨铢铭衔铵铐锐销锑锉铝锌钡锋锄铺锂锯" +
    "钢录锥锟锤锱铮锭锜钱锦锚锡锢错锰表炼锅镀锷钖锻锲锹锾键钟镁镑镕锁镉锤钨镐镇镒镍镞链镙镝铿" +
    "锵镗镘铲镜镖镂錾锈铙钟镌镰镯镭铁铎铛铸鉴鉴铄镳钥镶镊锣钻銮凿长门闩闪闭开闳闰闲闲间闵闸阂" +
    "阁合阀闺闽闾阅阎板闱阔阕阑阗阖阙闯关阐辟陉陕升阵阴陈陆阳队阶陨际随险隐陇隶只隽虽双雏杂鸡" +
    "离难云电沾雾霁雳霭灵静腼靥巩秋缰鞑千鞯韦韧韩韬韵响页顶顷项顺须顼颂预顽颁顿颇领颌颉颐头颊" +
    "颔颈颓频颗题额颚颜颛愿颠类颢顾颤显颦颅风飒台刮飓飏飕飘飞饥饨饪饬饭饮饴饲饱饰饺饼饷养饵馁" +
    "饿余肴馄饯馅馆喂馏馊馒馑饥饶飨餍馋马驭冯驮驰驯驳驻驽驹驾驸驶驼驷骈骇骆骏骋骑骛骗骞腾骚骡" +
    "蓦骠驱骁骄验惊驿骤驴骥骊肮髅脏体髋发松胡须鬓斗闹哄郁魉魇鱼鲁鱿鲍鲔鲛鲑鲜鲧鲤鲨鲭鲷鲳鲸鲫" +
    "鳅鳃鳏鳍鲢鳗鳔鳖鳝鳜鳞鲎鳄鲈鸟鸠凤鸣鸢鸩鸦鸰鸵鸳鸪鸯鸭鸿鸽鹃鹅鹄鹉鹌鹏鹊鹑莺鹤鹞鹧鸥鸶鹰" +
    "鹭鹦鹳鸾卤咸碱盐丽麦麸曲面么黄黉点党霉黩冬鼹齐斋齿龇龃龄出龈啮龊龉龋龌龙庞龚龟";
  let simpler = null;

  function simplify(character) {
    if (!simpler) simpler = new Map(Array.from(TRADITIONAL, (each, i) => [each, SIMPLIFIED[i]]));
    return simpler.get(character) || character;
  }

  function fold(text) {
    return text
      .normalize("NFKC")
      .replace(/[\u4e00-\u9fff]/g, simplify)
      .replace(/[\u0e50-\u0e59]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50))
      .replace(/\u00df/g, "ss").replace(/\u1e9e/g, "SS")
      .replace(/\u0e4d\u0e32/g, "\u0e33");
  }

  function stem(word) {
    // eslint-disable-next-line no-control-regex
    if (/[^\x00-\x7f]/.test(word)) word = word.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    if (word.length >= 6) word = word.replace(UMLAUT, "$1");
    for (let round = 0; round < 2; round++) {
      const match = ENDING.exec(word);
      if (match) word = match[1] + (INSTEAD[match[2]] || "");
    }
    if (word.length > SHORTEST_STEM && word.endsWith("y")) word = word.slice(0, -1) + "i";
    if (word.length > SHORTEST_STEM && word[word.length - 1] === word[word.length - 2]) {
      word = word.slice(0, -1);
    }
    return word.slice(0, LONGEST_TOKEN);
  }

  function partsOf(piece) {
    const parts = piece.split(CAMEL);
    const tokens = parts.length > 1 ? parts.map((part) => stem(part.toLowerCase())) : [];
    const groups = (/[0-9]/.test(piece) && piece.toLowerCase().match(GROUP)) || [];
    return groups.some((group) => !/^[0-9]+$/.test(group)) ? tokens.concat(groups.map(stem)) : tokens;
  }

  /* Return the words and the variants of one run of Latin letters and digits. */
  function wordTokens(run) {
    const pieces = run.split(CONNECTOR).filter(Boolean);
    const words = [];
    const variants = [];
    for (const piece of pieces) {
      const lower = piece.toLowerCase();
      const code = HEXADECIMAL.exec(lower);
      const number = code || VERSION.exec(lower) || PADDED.exec(lower);
      if (number) {
        words.push(number[1].slice(0, LONGEST_TOKEN));
        if (code) variants.push("0x" + code[1].slice(0, LONGEST_TOKEN - 2));
      } else {
        words.push(/[0-9]/.test(lower) ? lower.slice(0, LONGEST_TOKEN) : stem(lower));
        variants.push(...partsOf(piece));
      }
    }
    if (pieces.length > 1) variants.push(stem(pieces.join("").toLowerCase()));
    const kept = words.filter(Boolean);
    return [kept, Array.from(new Set(variants.filter((one) => one && !kept.includes(one))))];
  }

  /* Return [start, end, words, variants, places] for each run; places hold [start, end, token] of
   * the overlapping tokens of scripts without spaces. */
  function runs(folded) {
    const found = [];
    const pattern = new RegExp(RUN_PATTERN, "gu");
    let before = "";
    for (let match = pattern.exec(folded); match; match = pattern.exec(folded)) {
      const run = match[0];
      const start = match.index;
      const end = start + run.length;
      if (match[1] || match[2]) {
        const size = match[1] ? 2 : 3;
        const letters = Array.from(run);
        const places = [];
        let at = start;
        for (let i = 0; i <= Math.max(0, letters.length - size); i++) {
          const token = letters.slice(i, i + size).join("");
          places.push([at, at + token.length, token]);
          at += letters[i].length;
        }
        const singles = match[1] && letters.length > 1 ? letters : [];
        found.push([start, end, places.map((place) => place[2]), [], places, singles]);
      } else {
        const [words, variants] = wordTokens(run);
        if (before === "kb" && /^[0-9]{6,7}$/.test(run)) variants.push("kb" + run);
        else if (/^[0-9]{10}$/.test(run) && folded[start - 1] === "-" && Number(run) < 2 ** 32) {
          variants.push((2 ** 32 - Number(run)).toString(16));
        }
        found.push([start, end, words, variants, null, []]);
      }
      before = run.toLowerCase();
    }
    return found;
  }

  function tokens(text, singles) {
    const found = runs(fold(text));
    return [
      [].concat(...found.map((run) => run[2])),
      [].concat(...found.map((run) => (singles ? run[3].concat(run[5]) : run[3]))),
    ];
  }

  function foldWithOrigins(text) {
    const folded = fold(text);
    if (folded.length === text.length) return [folded, null];
    let whole = "";
    const origin = [];
    let index = 0;
    for (const character of text) {
      const piece = fold(character);
      for (let i = 0; i < piece.length; i++) {
        origin.push(index + (piece.length === character.length ? i : 0));
      }
      whole += piece;
      index += character.length;
    }
    return [whole, origin];
  }

  function spans(text) {
    const [folded, origin] = foldWithOrigins(text);
    const start = (place) => (origin ? origin[place] : place);
    const end = (place) => (origin ? origin[place - 1] + 1 : place);
    const found = [];
    for (const [from, to, words, variants, places] of runs(folded)) {
      if (places) places.forEach(([a, b, token]) => found.push([start(a), end(b), [token]]));
      else found.push([start(from), end(to), words.concat(variants)]);
    }
    return found;
  }

  function grams(token) {
    const marked = "_" + token + "_";
    const found = new Set();
    for (let i = 0; i < marked.length - 2; i++) found.add(marked.slice(i, i + 3));
    return found;
  }

  const isVocabulary = (token) => /^[a-z]{4,24}$/.test(token);

  function exactKey(text) {
    let key = fold(text).trim().toLowerCase();
    for (;;) {
      const shorter = key.replace(CODE_WORD, "");
      if (shorter === key || !shorter) break;
      key = shorter;
    }
    key = key.replace(/[^0-9a-z.]+|(?<![0-9])\.|\.(?![0-9])/g, "");
    key = key.replace(/^0x0*(?=[0-9a-f])|^0+(?=[0-9a-f]+$)/, "");
    key = key.replace(/^([a-z]+)0+(?=[0-9]+$)/, "$1");
    return key.length <= LONGEST_TOKEN ? key : "";
  }

  // ---- the glossary, and Chinese typed with Latin letters ----

  const MARK = "^";
  const SYLLABLE = new RegExp(
    "^" + "(?:[bp](?:ai|a[no]?g?|ei|en?g?|ia[no]|ie|ing?|i|ou?|u)|m(?:ai|a[no]?g?|ei|en?g?|ia[no]|ie|iu" +
    "|ing?|i|ou?|u|e)|f(?:ang?|a|ei|eng?|ou?|u)|[dt](?:ai|a[no]?g?|ei|eng?|e|ia[no]?|ie|ing|iu|i" +
    "|ong|ou|uan|ui|un|uo|u)|[nl](?:ai|a[no]?g?|ei|eng?|e|iang?|iao|ie|ing?|iu|ia|i|ong|ou|uan" +
    "|un|uo|u|ve|v)|[gkh](?:ai|a[no]?g?|ei|eng?|e|ong|ou|uang?|uai|ua|ui|un|uo|u)|[jqx](?:iang?" +
    "|iao|ia|ie|ing?|iong|iu|i|uan|ue|un|u)|(?:[zcs]h?)(?:ai|a[no]?g?|ei|eng?|e|i|ong|ou|uang?" +
    "|uai|ua|ui|un|uo|u)|r(?:a[no]?g?|eng?|e|i|ong|ou|uan|ui|un|uo|u)|w(?:ai|ang?|a|ei|eng?|o|u)" +
    "|y(?:ang?|ao|a|e|ing?|i|ong|ou?|uan|ue|un|u)|a[ino]|ang|a|ei|eng?|er|e|ou?)" + "$"
  );
  const INITIALS = /^[a-hj-tw-z]{3,12}$/;
  const BEGUN = /^(?:[bpmfdtnlgkhjqxrwy]|[zcs]h?)?$/;
  const LONGEST_WORD = 60;
  const MOST_TERMS = 12;

  function syllables(word) {
    if (word.length > LONGEST_WORD) return [];
    const ways = [[]];
    for (let place = 0; place < word.length; place++) {
      const way = ways[place];
      if (!way) continue;
      for (let end = place + 1; end <= Math.min(place + 6, word.length); end++) {
        const shorter = !ways[end] || way.length + 1 < ways[end].length;
        if (shorter && SYLLABLE.test(word.slice(place, end))) {
          ways[end] = way.concat(word.slice(place, end));
        }
      }
    }
    for (let end = word.length; end > 0; end--) {
      if (ways[end] && BEGUN.test(word.slice(end))) {
        return end === word.length || ways[end].length > 1 ? ways[end] : [];
      }
    }
    return [];
  }

  /* Return [pinyin tokens, places of the words they come from] for the words of a query. */
  function readings(words) {
    const found = [];
    let waiting = [];
    let places = [];
    const add = (read, from) => {
      const pairs = new Set(read.slice(1).map((syllable, i) => MARK + read[i] + syllable));
      if (pairs.size) found.push([Array.from(pairs), from]);
    };
    words.concat("").forEach((word, place) => {
      const read = syllables(word);
      if (read.length === 1) {
        waiting.push(read[0]);
        places.push(place);
        return;
      }
      add(waiting, places);
      [waiting, places] = [[], []];
      add(read, [place]);
      if (!read.length && INITIALS.test(word)) {
        const threes = new Set();
        for (let i = 0; i < word.length - 2; i++) threes.add(MARK + word.slice(i, i + 3));
        found.push([Array.from(threes), [place]]);
      }
    });
    return found;
  }

  /* Return [term, phrase] for each term of the glossary that the words of a query name. */
  function namedIn(words, terms) {
    const line = " " + words.join(" ") + " ";
    const found = [];
    for (const [id, phrases] of Object.entries(terms)) {
      let best = "";
      for (const phrase of phrases) {
        if (phrase.length > best.length && line.includes(" " + phrase + " ")) best = phrase;
      }
      if (best) found.push([id, best]);
    }
    return found.slice(0, MOST_TERMS);
  }

  function markedTokens(phrases) {
    const marked = phrases.map((phrase) => phrase.split(" ")).filter((tokens) => {
      const first = tokens[0][0];
      const isThai = first >= "\u0e01" && first <= "\u17d3";
      return tokens.length === 1 || isThai || (first >= "\u3005" && tokens.length === 2);
    });
    return [].concat(...marked);
  }

  // ---- snippets ----

  const WIDTH = 160;
  const LEAD = 24;
  const COMBINING = /^[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]/;
  const LATIN = /^[0-9A-Za-z\u00c0-\u024f]/;

  function marksIn(text, tokens, found = spans(text)) {
    const marks = [];
    for (let [start, end, given] of found) {
      if (!given.some((token) => tokens.has(token))) continue;
      while (start > 0 && COMBINING.test(text[start])) start--;
      while (end < text.length && COMBINING.test(text[end])) end++;
      const last = marks[marks.length - 1];
      if (last && start <= last[1]) last[1] = Math.max(end, last[1]);
      else marks.push([start, end]);
    }
    return marks;
  }

  function endOf(text, start) {
    let room = WIDTH;
    let end = start;
    while (end < text.length && room > 0) {
      room -= text[end] >= "\u2e80" && text[end] <= "\uffef" ? 2 : 1;
      end++;
    }
    while (end < text.length && (COMBINING.test(text[end]) || /[\udc00-\udfff]/.test(text[end]))) end++;
    return end;
  }

  function bestStart(text, tokens, found) {
    const places = [];
    for (const [start, , given] of found) {
      for (const token of given) if (tokens.has(token)) places.push([start, token]);
    }
    let best = 0;
    let most = 0;
    for (const [start] of places) {
      const end = endOf(text, start) - LEAD;
      const held = new Set(places.filter((p) => p[0] >= start && p[0] < end).map((p) => p[1])).size;
      if (held > most) [best, most] = [start, held];
    }
    if (best <= LEAD) return 0;
    let start = best - LEAD;
    while (
      start < best &&
      (COMBINING.test(text[start]) || /[\udc00-\udfff]/.test(text[start]) ||
        (LATIN.test(text[start]) && LATIN.test(text[start - 1])))
    ) start++;
    return start;
  }

  function snippet(text, tokens) {
    const found = spans(text);
    const start = bestStart(text, tokens, found);
    const end = endOf(text, start);
    const before = start ? "…" : "";
    const marks = marksIn(text, tokens, found)
      .filter((mark) => mark[0] < end && mark[1] > start)
      .map((mark) => [
        Math.max(mark[0], start) - start + before.length,
        Math.min(mark[1], end) - start + before.length,
      ]);
    return { text: before + text.slice(start, end) + (end < text.length ? "…" : ""), marks };
  }

  // ---- shards ----

  const FORMAT = 2;
  const BLOCK_SIZE = 8;
  const SHARDS_KEPT = 80;
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const arrivals = new Map();
  const shards = new Map();
  let base = "";
  let state = null;
  let loading = null;

  global.kbShard = function (name, value) {
    const arrival = arrivals.get(name);
    if (arrival) arrival(value);
  };

  function shard(name) {
    let promise = shards.get(name);
    if (promise) {
      shards.delete(name);
    } else {
      promise = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const done = (act, value) => {
          arrivals.delete(name);
          script.remove();
          act(value);
        };
        arrivals.set(name, (value) => done(resolve, value));
        script.onerror = () => {
          shards.delete(name);
          done(reject, new Error("search: no file " + name));
        };
        script.src = base + "search/" + name + ".js";
        document.head.appendChild(script);
      });
    }
    shards.set(name, promise);
    forget();
    return promise;
  }

  /* Let go of the files asked for longest ago, never of one on its way: somebody waits for it. */
  function forget() {
    for (const name of shards.keys()) {
      if (shards.size <= SHARDS_KEPT) return;
      if (!arrivals.has(name)) shards.delete(name);
    }
  }

  function shardOf(token, count) {
    let value = 2166136261;
    for (let i = 0; i < token.length; i++) value = Math.imul(value ^ token.charCodeAt(i), 16777619);
    value >>>= 0;
    return ((value ^ (value >>> 15)) & (count - 1)).toString(16);
  }

  /* Return entry number << 4 | level for each entry, rising. */
  function decodePostings(text) {
    const bytes = atob(text);
    const postings = new Int32Array(bytes.length);
    let length = 0;
    let value = 0;
    let shift = 0;
    let number = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.charCodeAt(i);
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) {
        number += value >> 4;
        postings[length++] = (number << 4) | (value & 15);
        value = shift = 0;
      }
    }
    return postings.subarray(0, length);
  }

  const held = (row, key) => (Object.prototype.hasOwnProperty.call(row, key) ? row[key] : "");

  async function postingsOf(token) {
    return decodePostings(held(await shard("w/" + shardOf(token, state.shards)), token));
  }

  async function alike(token) {
    const rows = await Promise.all(
      Array.from(grams(token), async (gram) => held(await shard("g/" + shardOf(gram, state.grams)), gram))
    );
    return new Set([].concat(...rows.map((row) => row.split(" ").filter(Boolean))));
  }

  function load(address) {
    if (!loading || base !== address) {
      base = address;
      shards.clear();
      state = null;
      loading = Promise.all([shard("base"), shard("terms")]).then(begin);
      loading.catch(() => (loading = null));
    }
    return loading;
  }

  function begin([value, terms]) {
    if (value.format !== FORMAT) throw new Error("search: the index is of another version");
    state = Object.assign({}, value, {
      terms, weights: weightsOf(value.lengths), heads: headsOf(value), facets: null,
    });
    return state;
  }

  /* Return the length of each entry, in weighted tokens. */
  function weightsOf(lengths) {
    const steps = Float64Array.from({ length: 256 }, (_, code) => Math.pow(2, code / 8));
    const codes = atob(lengths);
    const weights = new Float64Array(codes.length);
    for (let i = 0; i < codes.length; i++) weights[i] = steps[codes.charCodeAt(i)];
    return weights;
  }

  /* Return for each entry the first entry of the record it is shown under, mostly its own. */
  function headsOf({ records, groups }) {
    const heads = new Int32Array(records.length);
    const isOther = (number) => records.charCodeAt(number) >= 0x61;
    for (let number = 0; number < heads.length; number++) {
      heads[number] = isOther(number) ? heads[number - 1] : number;
    }
    for (const [first, head] of Object.entries(groups)) {
      let number = Number(first);
      do heads[number++] = head; while (isOther(number));
    }
    return heads;
  }

  // ---- ranking ----

  const LEVELS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 34, 48, 64, 96];
  const SATURATION = 1.5;
  const LENGTH_SHARE = 0.75;
  const CODE_LENGTH_SHARE = 0.1;
  const CHINESE_WEIGHT = 0.75;
  const UNSPACED_WEIGHT = 0.35;
  const FUNCTION_WEIGHT = 0.2;
  const FUNCTION_PAIR_SHARES = [1, 0.6, 0.1];
  const VARIANT_WEIGHT = 0.3;
  const LIKENESS_WEIGHT = 0.5;
  const RAREST = 3;
  const LEAST_LIKENESS = 0.5;
  const LEAST_SUGGESTED = 0.3;
  const MOST_ALIKE = 8;
  const OVERLAP_SHARE = 0.8;
  const TERM_WEIGHT = 0.7;
  const PINYIN_WEIGHT = 0.8;
  const SLIP_LIKENESS = 0.9;
  const SINGLE_WEIGHT = 0.3;
  const LEAST_SINGLES = 2;
  const EXACT_SCORE = 1000;
  const LONGEST_QUERY = 512;
  const MOST_TOKENS = 96;

  const FUNCTION_WORDS = new Set((
    "a am an and are as at auf be bei by can das dem den der des did die do does ein eine " +
    "er es for from fur how i ich im in is ist it its man me mein mit my nich not oder of " +
    "on or sie sind that the this to und von wann warum was we welch wer werd what when " +
    "wher which who why wie wir wird with wo you your zu zum zur "
  ).trim().split(" "));
  const FUNCTION_HAN = new Set("的了是在和与有吗呢吧啊什么怎哪谁几多少为何如请问我你他她它这那个就都也不些样");

  function isPair(token) {
    return token[0] >= "\u3005" && Array.from(token).length === 2;
  }

  function tokenWeight(token) {
    if (token[0] >= "\u0e01" && token[0] <= "\u17d3") return UNSPACED_WEIGHT;
    if (isPair(token)) {
      return CHINESE_WEIGHT * FUNCTION_PAIR_SHARES[Array.from(token).filter((c) => FUNCTION_HAN.has(c)).length];
    }
    return FUNCTION_WORDS.has(token) ? FUNCTION_WEIGHT : 1;
  }

  function readQuery(text) {
    text = Array.from(text.slice(0, 2 * LONGEST_QUERY)).slice(0, LONGEST_QUERY).join("");
    const [words, variants] = tokens(text);
    const counts = new Map();
    const weights = new Map();
    for (const token of words) counts.set(token, (counts.get(token) || 0) + 1);
    counts.forEach((count, token) => weights.set(token, count * tokenWeight(token)));
    counts.clear();
    for (const token of variants) counts.set(token, (counts.get(token) || 0) + 1);
    counts.forEach((count, token) => weights.set(token, (weights.get(token) || 0) + count * VARIANT_WEIGHT));
    return {
      tokens: Array.from(weights).slice(0, MOST_TOKENS),
      key: exactKey(text),
      words: words.slice(0, MOST_TOKENS),
      latin: (fold(text).toLowerCase().match(/[a-z]+/g) || []).slice(0, MOST_TOKENS),
    };
  }

  /* Return what a token gives, beside the postings of the entries it gives that to. */
  function gainsOf(postings, weight, share) {
    const rarity = weight * Math.log(1 + (state.count - postings.length + 0.5) / (postings.length + 0.5));
    const still = SATURATION * (1 - share);
    const slope = (SATURATION * share) / state.average;
    const weights = state.weights;
    const values = new Float64Array(postings.length);
    for (let i = 0; i < postings.length; i++) {
      const count = LEVELS[postings[i] & 15];
      values[i] = (rarity * count) / (count + still + slope * weights[postings[i] >> 4]);
    }
    return { postings, values };
  }

  function add(scores, { postings, values }) {
    for (let i = 0; i < postings.length; i++) scores[postings[i] >> 4] += values[i];
  }

  /* Return scores of all entries, by number: nothing yet, or what a token gives. */
  function scoresOf(gains) {
    const scores = new Float64Array(state.count);
    if (gains) add(scores, gains);
    return scores;
  }

  /* Return [term, phrase, postings] for each term of the glossary that a query names. */
  function termsOf(query) {
    return Promise.all(
      namedIn(query.words, state.terms).map(async ([id, phrase]) => [id, phrase, decodePostings(await shard("t/" + id))])
    );
  }

  function addTerms(scores, terms, own, matched) {
    for (const [id, phrase, found] of terms) {
      const tokens = phrase.split(" ");
      const sum = tokens.reduce((total, token) => total + tokenWeight(token), 0);
      const weight = TERM_WEIGHT * Math.min(2, Math.max(1, sum));
      const held = scoresOf();
      tokens.filter((token) => own.has(token)).forEach((token) => add(held, own.get(token)));
      const { postings, values } = gainsOf(found, weight, LENGTH_SHARE);
      postings.forEach((posting, i) => {
        scores[posting >> 4] += Math.max(0, values[i] - held[posting >> 4]);
      });
      if (found.length) markedTokens(state.terms[id]).forEach((token) => matched.add(token));
    }
  }

  function addSingles(scores, rows) {
    const held = new Uint8Array(state.count);
    rows.forEach((row) => row.forEach((posting) => held[posting >> 4]++));
    rows.forEach((row) => {
      const { values } = gainsOf(row, SINGLE_WEIGHT, LENGTH_SHARE);
      row.forEach((posting, i) => {
        if (held[posting >> 4] >= LEAST_SINGLES) scores[posting >> 4] += values[i];
      });
    });
  }

  async function together(tokens) {
    const rows = await Promise.all(tokens.map(postingsOf));
    const levels = rows.slice(1).map((row) => new Map(Array.from(row, (posting) => [posting >> 4, posting & 15])));
    return rows[0]
      .filter((posting) => levels.every((level) => level.has(posting >> 4)))
      .map((posting) => {
        const number = posting >> 4;
        const lowest = Math.min(posting & 15, ...levels.map((level) => level.get(number)));
        return (number << 4) | lowest;
      });
  }

  /* Return the gains of the words of a query that are Chinese in Latin letters. */
  async function pinyinOf(query) {
    const found = await Promise.all(
      readings(query.latin).map(async ([tokens, places]) => {
        const rows = await Promise.all(places.map((place) => postingsOf(stem(query.latin[place]))));
        const rarest = Math.min(...rows.map((row) => row.length));
        return rarest > RAREST ? null : gainsOf(
          await together(tokens), PINYIN_WEIGHT * Math.min(2, CHINESE_WEIGHT * tokens.length), LENGTH_SHARE
        );
      })
    );
    return found.filter(Boolean);
  }

  function likeness(own, other) {
    let shared = 0;
    for (const gram of own) if (other.has(gram)) shared++;
    const whole = (2 * shared) / (own.size + other.size);
    const shorter = Math.min(own.size, other.size);
    return shorter >= 4 ? Math.max(whole, (OVERLAP_SHARE * shared) / shorter) : whole;
  }

  function slipsOf(token, typed) {
    const slips = new Set();
    for (const word of typed.filter((each) => stem(each) === token)) {
      for (let place = 1; place <= word.length; place++) {
        const [before, after, rest] = [word.slice(0, place), word.slice(place), word.slice(place + 1)];
        slips.add(stem(before + rest));
        slips.add(stem(before + rest.slice(0, 1) + after.slice(0, 1) + rest.slice(1)));
        for (const letter of "abcdefghijklmnopqrstuvwxyz") {
          slips.add(stem(before + letter + after)).add(stem(before + letter + rest));
        }
      }
    }
    return slips;
  }

  async function near(token, typed) {
    const own = grams(token);
    const slips = slipsOf(token, typed);
    const candidates = [];
    for (const word of await alike(token)) {
      const trigrams = word === token ? 0 : likeness(own, grams(word));
      const value = word !== token && slips.has(word) ? Math.max(trigrams, SLIP_LIKENESS) : trigrams;
      if (value >= LEAST_LIKENESS) candidates.push([value, word]);
    }
    candidates.sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1));
    return Promise.all(
      candidates.slice(0, MOST_ALIKE).map(async ([value, word]) => [word, value, await postingsOf(word)])
    );
  }

  async function score(query) {
    const scores = scoresOf();
    const own = new Map();
    const matched = new Set();
    const asked = query.tokens.map(async ([token]) => {
      const postings = await postingsOf(token);
      const isRare = postings.length <= RAREST;
      const characters = isRare && isPair(token) ? Array.from(token).filter((c) => !FUNCTION_HAN.has(c)) : [];
      const singles = await Promise.all(characters.map(async (c) => [c, await postingsOf(c)]));
      return [postings, isRare && isVocabulary(token) ? await near(token, query.latin) : [], singles];
    });
    // Everything is asked for at once: the page waits for the slowest file, not for one after another.
    const [found, exact, pinyin, terms] = await Promise.all([
      Promise.all(asked), query.key ? postingsOf("=" + query.key) : [], pinyinOf(query), termsOf(query),
    ]);
    query.tokens.forEach(([token, weight], place) => {
      const [postings, others] = found[place];
      if (postings.length) {
        matched.add(token);
        const share = /[0-9]/.test(token) ? CODE_LENGTH_SHARE : LENGTH_SHARE;
        own.set(token, gainsOf(postings, weight, share));
        add(scores, own.get(token));
      }
      for (const [word, value, more] of others) {
        matched.add(word);
        add(scores, gainsOf(more, weight * value * LIKENESS_WEIGHT, LENGTH_SHARE));
      }
    });
    addSingles(scores, new Map([].concat(...found.map((each) => each[2]))));
    pinyin.forEach((gains) => add(scores, gains));
    addTerms(scores, terms, own, matched);
    for (const posting of exact) scores[posting >> 4] += EXACT_SCORE;
    return [scores, matched];
  }

  const points = (value) => Math.floor(value * 1000000 + 0.5);

  /* The first entry of the record that an entry belongs to, and its language. */
  function firstOf(number) {
    while (state.records.charCodeAt(number) >= 0x61) number--;
    return number;
  }

  function languageOf(number) {
    const code = state.records.charCodeAt(number);
    return state.languages[code - (code >= 0x61 ? 0x61 : 0x30)];
  }

  /* Return the facet values of an entry by its number. */
  async function readFacets() {
    if (!state.facets) {
      const { width, rows, column } = await shard("facets");
      const places = new Uint32Array(state.count);
      for (let i = 0; i < column.length; i++) {
        const place = Math.floor(i / width);
        places[place] = places[place] * 64 + DIGITS.indexOf(column[i]);
      }
      state.facets = (number) => rows[places[number]];
    }
    return state.facets;
  }

  /* Counts the groups that have each value. */
  function counter() {
    const found = {};
    return {
      /* Count an entry; where it fails one filter, it counts for the values of that facet. */
      see(number, facets, only) {
        for (const name of only ? [only] : Object.keys(facets)) {
          if (name === "group") continue;
          const row = found[name] || (found[name] = {});
          for (const value of facets[name] || []) {
            const seen = row[value] || (row[value] = { heads: new Uint8Array(state.count), size: 0 });
            if (!seen.heads[state.heads[number]]) seen.size++;
            seen.heads[state.heads[number]] = 1;
          }
        }
      },
      sizes() {
        const sized = (row) => Object.fromEntries(Object.entries(row).map(([value, { size }]) => [value, size]));
        return Object.fromEntries(Object.entries(found).map(([name, row]) => [name, sized(row)]));
      },
    };
  }

  function versionsOf(first) {
    const versions = [first];
    while (state.records.charCodeAt(versions[versions.length - 1] + 1) >= 0x61) {
      versions.push(versions[versions.length - 1] + 1);
    }
    return versions;
  }

  async function card(number) {
    return (await shard("d/" + Math.floor(number / BLOCK_SIZE).toString(16)))[number % BLOCK_SIZE];
  }

  async function hit(head, numbers, best, scores, language, matched) {
    const value = (number) => points(scores[number]);
    const own = numbers.filter((number) => firstOf(number) === head);
    const first = (own.length ? own : numbers).reduce((a, b) => (value(b) > value(a) ? b : a));
    const versions = versionsOf(firstOf(first));
    let shown = versions.find((number) => languageOf(number) === language);
    if (shown === undefined) shown = first;
    const others = new Set(numbers.map(firstOf).filter((number) => number !== versions[0]));
    const also = await Promise.all(Array.from(others, async (number) => (await card(number))[0]));
    const [id, written, kind, path, title, passage, facets] = await card(shown);
    return {
      id, language: written, kind, path, title, facets, also: also.sort(),
      titleMarks: marksIn(title, matched),
      snippet: snippet(passage, matched),
      score: best / 1000000,
      isExact: best >= EXACT_SCORE * 1000000,
      languages: versions.map(languageOf),
    };
  }

  /* Return the entries with the highest scores, highest first, the lower number first of equals. */
  function topOf(scores, limit) {
    const top = [];
    const values = [];
    for (let number = 0; limit && number < scores.length; number++) {
      const value = scores[number] && points(scores[number]);
      if (!scores[number] || (top.length === limit && value <= values[limit - 1])) continue;
      let place = values.length;
      while (place && values[place - 1] < value) place--;
      top.splice(place, 0, number);
      values.splice(place, 0, value);
      if (top.length > limit) [top.length, values.length] = [limit, limit];
    }
    return top;
  }

  async function query(text, options) {
    if (!state) throw new Error("search: call load first");
    const { language, filters, limit = 10, counts = false } = options || {};
    const [scores, matched] = await score(readQuery(String(text)));
    const wanted = Object.entries(filters || {}).filter((pair) => pair[1] && pair[1].length);
    const facetsOf = wanted.length || counts ? await readFacets() : null;
    const fails = (number) => ([name, values]) =>
      !(facetsOf(number)[name] || []).some((value) => values.includes(value));
    const counted = counter();
    const best = scoresOf();
    let total = 0;
    for (let number = 0; number < state.count; number++) {
      if (!scores[number]) continue;
      const failed = wanted.length ? wanted.filter(fails(number)) : wanted;
      if (counts && failed.length < 2) {
        counted.see(number, facetsOf(number), failed.length ? failed[0][0] : "");
      }
      if (failed.length) {
        scores[number] = 0;
        continue;
      }
      const head = state.heads[number];
      if (!best[head]) total++;
      best[head] = Math.max(best[head], scores[number]);
    }
    const order = topOf(best, Math.max(0, limit));
    const members = new Map(order.map((head) => [head, []]));
    for (let number = 0; number < state.count; number++) {
      if (scores[number] && members.has(state.heads[number])) members.get(state.heads[number]).push(number);
    }
    const hits = await Promise.all(
      order.map((head) => hit(head, members.get(head), points(best[head]), scores, language, matched))
    );
    return {
      hits,
      total,
      counts: counts ? counted.sizes() : {},
      words: Array.from(matched).sort(),
    };
  }

  /* Return the text with each word that nothing holds replaced by the nearest that something holds,
   * nothing if there is none. */
  async function suggest(text) {
    let better = "";
    let place = 0;
    for (const [start, end, words, , places] of runs(fold(text))) {
      const token = words[0];
      if (places || words.length !== 1 || !isVocabulary(token)) continue;
      if ((await postingsOf(token)).length) continue;
      let [nearest, most] = ["", LEAST_SUGGESTED];
      for (const word of await alike(token)) {
        const value = likeness(grams(token), grams(word));
        if (value > most || (value === most && word < nearest)) [nearest, most] = [word, value];
      }
      if (!nearest) continue;
      better += fold(text).slice(place, start) + (await spelled(nearest));
      place = end;
    }
    return better ? better + fold(text).slice(place) : "";
  }

  /* Return a token as an entry writes it. */
  async function spelled(token) {
    const postings = await postingsOf(token);
    if (!postings.length) return token;
    const [, , , , title, passage] = await card(postings[0] >> 4);
    for (const text of [title, passage]) {
      const marks = marksIn(text, new Set([token]));
      if (marks.length) return text.slice(marks[0][0], marks[0][1]);
    }
    return token;
  }

  global.kbSearch = {
    load,
    query,
    suggest,
    analysis: { tokens, spans, grams: (token) => Array.from(grams(token)), exactKey },
  };
})(window);
