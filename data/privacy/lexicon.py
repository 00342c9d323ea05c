"""Words that decide whether something is a name: given names and surnames, and what looks like one and is none.

The lists are written for this project from general knowledge. They need not be complete: where a greeting, a
signature or a field says that a name follows, any capitalised word will do that is not in ``NOT_NAMES``. The
lists of names serve where the place alone is no proof.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "AMBIGUOUS",
    "GIVEN",
    "HAN_COMPOUND",
    "HAN_GIVEN",
    "HAN_NOT_NAMES",
    "HAN_SURNAMES",
    "NOT_NAMES",
    "ORGANISATION",
    "TITLE_BRANDS",
    "words",
]


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


AMBIGUOUS: Final = words("""
    orlando alexandria
    abbey adelaide alexa alto amber angel april art ash aurora austin autumn bailey baker barbie basil bay bea berry
    bill blake blaze bliss bo bonnie booker brad brandy brooklyn bud buddy candy carmen carolina cash chad chance
    charity chase chelsea chester chip christian chuck clay cliff colt cooper coral crystal daisy dallas dawn dee
    denver destiny devon diamond dick dolly don drew duke dusty eagle earl early eden essex eve faith fern flora
    florence forest francisco frank frankie gale gay gene genesis georgia ginger grace grant grey guy hall haven
    hazel heath heather heaven hero holly honey hope houston ion iris israel ivy jack jade jay jean jet jewel jordan
    josh journey joy joyce justice kent king kit kitty lacy lance lane lee lily lincoln love lucky lux mac madison
    major mark mars marsh max may mercy milan miles montana nan olive orion page paris parker pat patience pearl peg
    penny pepper phoenix poppy porter precious prince queenie rainbow ramsey ray red reed rich river rob robin rock
    rocky rod roman rose rosemary roy royal ruby rusty sage sandy santiago savannah scarlet scout serenity sharp
    sienna skip sky sparrow star sterling stone storm sue summer sunny sydney tab tad tan titan trinity tu van
    victoria virginia walker ward will willow win woody york young
""")
"""Given names that are also words, brands or places: names only where the place says so and a pause follows."""

GIVEN: Final = AMBIGUOUS | words("""
    aaron abbie abby abdul abdullah abel abigail abraham abu ada adaeze adam adams addison adebayo adele adeola adil
    aditi aditya adnan adrian adriana adrianna adrienne agata agatha agnes agnieszka ahmad ahmed aida aidan aiden
    aileen aimee aisha aishwarya ajay akash akira akshay al alan alana alastair albert alberta alberto aldo alec
    alejandra alejandro aleksandr aleksandra alena alessandra alessandro alex alexander alexandra alexandre
    alexei alexis alfie alfonso alfred alfredo ali alice alicia alina alisa alisha alison alistair aliyah
    allan allen allison alma alyssa amaka amanda amara amelia amelie amina amir amit amrita amy ana anais anand
    anastasia andre andrea andreas andrei andrej andres andrew andré andy angela angelica angelina angelo angie
    angus anil anita anja anjali anke ankit ankita ann anna annabel annabelle anne annette annie anouk ansel anthea
    anthony antoine anton antonia antonio antony anu anusha anya aoife arash archana archie ariana arianna ariel
    arjun arlene armando arnav arnold arran arthur arturo arun aryan asha ashish ashley ashok ashton asif astrid
    audrey augusta augustus ava avery avinash ayaan ayesha aylin ayse ayumi azra babak babatunde balaji barbara
    barney barry bart bartosz beatrice beatrix beatriz becca becky belinda bella ben benedict benita benjamin
    bernadette bernard bernice bert bertha beryl bess bessie beth bethan bethany betsy betty bev beverley beverly
    bex bhavna bianca bilal billie billy birgit bjorn björn bob bobbie bobby bogdan bolu boris boyd bradley brandon
    breanna brenda brendan brent brett brian briana brianna bridget brigitte brittany brody bronwyn bruce bruno
    bryan bryce bryony burak byron caitlin caleb callie callum calum calvin cameron camila camilla camille candace
    candice cara carl carla carlo carlos carlotta carly carol caroline carolyn carrie carter cary casey cass
    cassandra cassie catalina caterina catherine cathy catriona caz cecil cecilia cedric celeste celia celine cesar
    chandra chantal charlene charles charlie charlotte charmaine chen cheng cherie cheryl chiara chidi chiedu chika
    chinedu chioma chloe chloë chris chrissie christa christie christina christine christoph christopher christy
    ciara cillian cindy claire clara clarence clarissa clark claudia claudine clement clementine clifford clint
    clinton clive cody colin colleen collette connie connor conor conrad constance cora corey corinna corinne cormac
    cornelia courtney craig cristina curtis cynthia cyril dafydd dale damian damien damon dan dana daniel daniela
    danielle danni danny dante daphne darcy daria darius dariusz darlene darragh darrell darren darryl darshan dave
    david davide dawid dawson dean deanna debbie deborah declan deepa deepak deepika deirdre delia della delphine
    denis denise dennis derek dermot desiree desmond devi devin dexter diana diane diego dieter dilip dimitri dina
    dinesh dirk divya dixie dmitri dmitry dominic dominik dominique donald dongmei donna dora doreen dorian doris
    dorothea dorothy doug dougal douglas duncan dustin dylan eamon ebony ed eddie eddy edgar edith edmund edna
    eduardo edward edwin edwina efua eileen eirik elaine eleanor elena eleni eli elias elif elijah elin elisa
    elisabeth elise elizabeth ella elle ellen ellie elliot elliott elmer eloise elsa elsie elton elvira emeka emil
    emilia emilie emilio emily emma emmanuel emre enid enrico enrique eoin eric erica erik erika erin ernest ernesto
    esme esperanza estelle esther ethan ethel eugene eugenia eun eunice eva evan evelyn ewa ewan fabian fabio
    fabrice faisal farah farhan farid farouk fatima fatma federica federico felicia felicity felipe felix femi
    ferdinand fergus fernanda fernando fidel filip finlay finn fiona fitz flavia florian folake fran frances
    francesca francesco francis francois françois fred freda freddie freddy frederic frederick freya frida fritz
    funmi gabriel gabriela gabriella gabrielle gail ganesh gareth garfield garrett garry gary gaurav gavin gayle gaz
    gebre gemma geoff geoffrey george georgie georgina gerald geraldine gerard gerardo gerry gertrude gideon gillian
    gina giorgia giovanni gita giulia giuseppe gladys glen glenda glenn gloria godfrey gopal gordon graeme graham
    greg gregor gregory greta gretchen grzegorz guido guillaume guillermo gustavo gwen gwendolyn gwyn gwyneth
    günther habib hailey hakim hamid hamish hamza hana hank hannah hans hari harish harmony harold harper harpreet
    harriet harrison harry harsh haruto harvey hasan hassan hattie hayden hayley heidi heike helen helena helene
    helga henri henrietta henrik henry herbert herman hilary hilda hiroshi hitesh horace howard hubert hugh hugo
    humphrey hunter hussain hussein hyacinth hyun iain ian ibrahim ida idris ifeoma ignacio igor ikram ilaria ilse
    imani imogen imran ina ines ingeborg ingrid inés irene irina irma irving isaac isabel isabela isabella isabelle
    isaiah isha ishaan isla ismail isobel ivan ivana iveta ivo izabela jackie jackson jacob jacqueline jacques jaime
    jake jakub jamal jameela james jamie jamil jan jane janet janice janine janis jared jaroslav jarvis jasmine
    jason jasper javier jaz jeanette jeanne jeannie jed jeff jeffrey jelena jemima jemma jen jenna jennie jennifer
    jenny jens jeremiah jeremy jerome jerry jess jesse jessica jessie jesus jiaying jill jillian jim jimmy jin jing
    jisoo jo joan joana joanna joanne joaquin jocelyn jodie jody joe joel joey johan johanna johannes john johnny
    johnson jolanta jolene jon jonah jonas jonathan joon joost jorge jose josef josefina joseph josephine joshua
    josie josé josée joão juan juana juanita judith judy jules julia julian juliana julianne julie juliet juliette
    julio julius jun june junior jurgen justin justine jörg jürgen kai kaitlyn kamal kamala kamil kara karan kareem
    karen karim karina karl karla karolina karthik kasia katarina katarzyna kate katerina kath katharina katharine
    katherine kathleen kathryn kathy katie katja katrina katy kavita kay kayla kaylee kaz keira keith kelley kelly
    kelsey kelsie kelvin ken kendra kenji kenneth kenny kenta kerry kev kevin khadija khalid kian kiera kieran kim
    kiran kirk kirsten kirsty klaus kofi krista kristen kristian kristin kristina kristine kristo kristof krystyna
    krzysztof kumar kunal kurt kwabena kwame kyle kylie laila lakisha lakshmi lalit lana lara larissa larry lars
    laszlo laura laurel lauren laurence laurent laurie lawrence layla lea leah leanne lei leif leila lena lenny leo
    leon leona leonard leonardo leonie leopold lerato leroy les lesley leslie leticia lew lewis lex li liam libby
    lidia liesl lila lilian liliana lillian lin lina linda lindsay lindsey linh lionel lisa liu livia liz liza
    lizzie lloyd logan lola lorcan lorena lorenzo loretta lorna lorraine lotte lottie lou louie louis louisa louise
    luc luca lucas lucia luciana lucille lucinda lucy lucía ludmila ludwig luigi luis luisa lukas lukasz luke lulu
    luna luther lydia lynda lyndsey lynette lynn lynne mabel maciej maddie madeleine madeline madhu mae maeve magda
    magdalena maggie magnus mahesh mahindra mahmoud mai maisie makoto malachi malcolm malik mallory mandy manish
    manisha manoj manuel marc marcel marcela marcella marcelo marcia marcin marco marcos marcus marek margaret
    margarita marge margherita margot marguerite maria mariah mariam marian mariana marianne marie mariel marilyn
    marina mario marion marisa marisol marjorie marketa marko marlene marlon marta martha martin martina marty
    martín marvin mary maryam masha mason massimo mateo mateusz mathias mathieu mathilde matilda matt matteo matthew
    matthias maud maura maureen maurice mauricio mavis maxim maximilian maxine maya mayumi mbali meera megan meghan
    mehdi mehmet mei mei-ling melanie melinda melissa melody melvin merve mervyn meryl mhairi mia michael michaela
    michal michel michele michelle mick mickey miguel mihai mikael mike mikhail milena millie milly milo mina ming
    minh mira miranda miriam misty mitch mitchell mitsuko mo moe mohamed mohammad mohammed mohan mohit moira mollie
    molly mona monica monika monique morgan moses moshe muhammad mukesh muriel murray mustafa myra myron myrtle
    mónica nadia nadine nadja naledi nam nancy naomi narendra nasir nat natalia natalie natasha nathalie nathan
    nathaniel naveen navin ned neha neil nelly nelson nerys neville ngozi nguyen niamh nicholas nick nico nicola
    nicolas nicole nigel nikhil niki nikita niklas nikola nikolai nils nina ning nino nisha nishant nkechi noah
    nobuko noel noelle noor nora norah norbert noreen norma norman nuala nuno octavia odette oisin olaf oleg olena
    olga oliver olivia ollie oluwa oluwaseun omar onur ophelia orla osama oscar osman otto owen pablo padma
    padraig paige pam pamela paola paolo pascal patel patrice patricia patricio patrick patrik patsy patti patty
    paul paula paulette paulina pauline paulo pavel pawel pedro peggy penelope percy pernille perry pete peter petr
    petra petros phil philip philippa philippe phillip phoebe phyllis pia pierre pierrick pilar piotr piper polly
    pooja prachi pradeep pradnya prakash pranav prasad prasanna prashant pratik preeti prem priscilla pritam priya
    priyanka quentin quincy quinn rach rachael rachel radek rafael rafaela rafal raghav ragnar rahim rahul raj raja
    rajan rajat rajeev rajesh raju rakesh ralph ram rama ramesh ramon ramona randall randy rani ranjit raphael
    raquel rasheed rashid rasmus raul ravi ravindra raymond rebecca rebekah reena reggie regina reginald rekha remi
    rena renata renate rene renee renée reuben rex reza rhiannon rhoda rhona rhys ricardo riccardo richard richie
    rick rickie ricky rita ritu robbie robert roberta roberto robyn rochelle roderick rodney rodrigo roger rohan
    rohit roisin roisín roland rolf romeo ron ronald ronan ronnie rory rosa rosalie rosalind rosalyn rosanna
    roseanne rosemarie rosie ross rowan rowena roxanne rudolf rudy rufus rupert russ russell ruth ryan sabina sabine
    sabrina sachin sadie saeed said saif saim sajid sakura salim sally salma salman salvador sam samantha samir
    samira samuel sandeep sander sandra sanjay sanjeev sanket santosh sara sarah sasha saskia satish satoshi saul
    sean sebastian sebastien selena selim selina selma serena serge sergei sergey sergio seth shabnam shane shania
    shannon sharon shaun shauna shawn shayc shaz shea sheena sheila shelby shelley sherry shirley shivani shrey
    shreya shu shubham shweta sian sid sidney siegfried sigrid silas silvia simeon simon simona simone sina sinan
    sinead siobhan sipho skye slavica sneha sofia sofie sofía solomon sonal sonia sonja sonny sonya sophia sophie
    soren spencer stacey stacy stan stanislav stanley stefan stefania stefanie steffi stella stellan steph stephan
    stephanie stephen steve steven stevie stewart stuart subhash sudhir suki sumit sunil sunita suraj suresh susan
    susana susanna susanne susie suzanne suzie sven svetlana swati sylvia sylvie sébastien søren tabitha tai takashi
    takeshi talia tamara tamsin tania tanja tanvi tanya tara tariq tash tasha tatiana taylor ted teddy temi terence
    teresa terrence terri terry tess tessa thabo thanh thea thelma theo theodora theodore theresa therese thierry
    thomas tia tiago tiffany tilda tilly tim timothy tina tobias toby todd tom tomas tomasz tommy tomoko tomáš toni
    tony tori torsten tracey tracy travis trent tressa trevor tricia trish tristan trudy tunde tyler tyrone uche
    ulla ulrich ulrike uma umar una ursula usha uwe vaclav vaibhav val valentina valentine valerie vanessa varun
    vasilis vasily vera veronica vicki vicky victor vidya vijay vijaya vikas vikram viktor viktoria vinay vince
    vincent vincenzo vineet viola violet vipin virgil vishal vivek vivian vivien vivienne vladimir wade wahid walter
    wanda wang warren wayan wayne wei wen wendy werner wes wesley wilfred wilhelm wilhelmina willem william williams
    wilma wilson winifred winnie winston wojciech wolfgang xander xanthe xavier xiao ximena xin yan yang yannick
    yasmin yasmine yasuko yaw ying yolanda yosef yosuke yuki yuri yusuf yuto yvette yvonne zac zach zachary zack
    zahra zain zainab zanele zara zdenek zeki zeynep zhang zhi zoe zoey zofia zoltan zora zoé zoë zuzana łukasz
""")
"""Given names and what they are shortened to, in lower case."""

ORGANISATION: Final = words("""
    account accounts admin administration agency agent agents app assistance bank billing billings board bot
    business care center centre claims club college committee community company complaints concierge corp
    corporation crew customer customers delivery department dept desk direct enquiries enquiry express finance
    foundation group head headquarters help helpdesk helpline hotel hotline hq inc info institute insurance legal
    limited live llc llp ltd management manager marketing media mobile museum network networks news nurse office
    official online operations orders payments payroll plc press products purchasing reception relations
    reservations retail returns sales school security service services shipping shop showroom society solutions
    staff store studio success supplies support systems team teams tech technical technology trading trains
    transport travel trust university warehouse web
""")
"""Words that make a signature one of a company and a greeting one to a company."""

NOT_NAMES: Final = ORGANISATION | words("""
    a about absolutely account-holder address adidas adobe africa after again airbnb airpods aldi alexa alipay all
    allow already also although always am amazon america american amex amsterdam an and android another any anybody
    anyone anything apologies apparently apple appreciate apr are aren't argos as asap asda asia ask asking asos
    asus at atlanta att attached attn audi aug august australia available awesome back bad bangalore barcelona based
    bbc be beats because been before beijing being belfast berlin best birmingham bit black bmw book bored bosch
    boston both bought brighton brilliant bring brisbane bristol british british-airways bro broadband broken
    brother brussels bt but by cadbury cairo call called calling cambridge can can't canada canadian cancelled
    cannot canon card cardiff case cause certainly change charged chat check checking chennai chicago china chinese
    chipotle christmas chrome cisco citi clearly cloudflare coinbase coke comcast come coming complaint confirm
    congrats congratulations considering contact cool copilot correct cortana costco could couldn't coursera credit
    currently currys customer-care damaged date day days dear dec december delhi delighted deliveroo dell delta
    despite devastated dhl did didn't different disappointed disgusted disgusting disney dm do does doesn't doing
    don't done doordash doubt dpd dropbox dubai dublin due duracell dutch dyson each easter easy easyjet ebay echo
    edinburgh ee either else email emailed england england's english error eta etsy eu europe european eurostar
    euston even ever every everybody everyday everyone everything evri excel excellent excited expected expedia
    experience experiencing fab fabulous facebook fair fantastic faq feb february fedex feel feeling few fiat fifa
    finally fine firefox firestick first fitbit flatmate flight fly folks following for ford fortnite found france
    free french fresh fri friday friend friends from frustrated full fun furious further fyi galaxy gatwick gemini
    general geneva gents genuinely german germany get getting give glad glasgow gmail gmt go godaddy going gone
    gonna good google google's gopro gorgeous got grateful great greetings greggs grindr groupon grubhub guangzhou
    guess guest guys had half halloween halo happy hasn't hate have haven't having he heard heathrow hello hence her
    here hermes hers hey hi high hilton him his hiya honda hopefully hoping horrible hot hour how however hp hsbc
    htc huge hulu hyderabad hyundai i i'd i'll i'm i've ibm icloud idk if ikea imac important impressed in including
    incredible incredibly indeed indian information instagram instead intel interested into ios ipad iphone ireland
    irish is isn't issue it it'd it's italian italy item its itunes january japanese jbl jetblue jira job jul july
    just keep kfc kia kind kindle kindly kitkat kitty know kodi kolkata ladies lagos last late lately least leaving
    leeds left lego lenovo less let let's levi lidl like linkedin linux lisbon literally liverpool lloyds logged
    login logitech london long look looking lost lot lots lovely low luckily lufthansa lyft ma'am macbook madam made
    madrid mailchimp main make managed manchester many mar march marriott mastercard mate maybe mcdonald's mcdonalds
    me mean melbourne mercedes miami microsoft midnight might minecraft missed missing mon monday month monzo more
    morning morrisons most motorola mozilla much mum mumbai munich must my myself nairobi name named national
    natwest nearly need neighbour neither nespresso nestle netflix never new newcastle next nice night nike nikon
    nintendo nissan no nobody nokia none noon nor norton not noted nothing notion nottingham nov november now number
    nvidia o2 obviously ocado oct october oculus of off offline oh ok okay okta old on once one oneplus only opera
    or oracle order ordered ordering osaka other our ours out outlook over own oxford package paid panasonic parcel
    part password patient payment paypal pdf people pepsi per perfect perhaps person perth philips phone photoshop
    pissed pixel plan playstation please pleased pleasure plex pls plus pm point possibly posted potential premium
    pret previous previously primark prime problem product profile proud ps4 ps5 public pune purchased put question
    quick quickbooks quickly quite quote rather reading ready really received reddit refund regarding regular
    remember replied reply request resolved respond response revolut ridiculous right ring roku rome roomba ryanair
    sad safari sainsbury sainsbury's sainsburys salesforce same samsung santa santander sat saturday save saver saw
    saying scotland scottish sea seattle see seems seen sega sent seoul sep sept september seriously several shall
    shame shanghai she sheffield shenzhen shocked shopify should shouldn't sick similar simply since singapore sir
    siri sirs site situation skype slack slow small snapchat so some somebody someone something sometimes sonos sony
    soon sorry sort sounds southwest spain spanish spoke spoken spotify spring sprint squarespace star starbucks
    starting stay steam still stop stranded stripe stuck stupid subaru subway such sun sunday super supposed sure
    surely surface surprised suzuki sydney system take talk talking target tell temporarily terrible tesco tesla
    teslas than thank thanks thanksgiving that that's the their them then there there's these they they're thing
    things thinkpad this those though thought thrilled through thu thunderbird thur thurs thursday ticket
    ticketmaster tiktok tinder tired to today tokyo tomorrow tonight too toronto toshiba total totally toyota
    traveler traveller travelling trello tried tripadvisor trustpilot try trying tue tues tuesday tweet twitch
    twitter two typical uber ubuntu ugh uk unable unacceptable unbelievable under understand unfortunately unhappy
    uniqlo united unreal until up update updated upon ups upset urgent url us usa usb use used using utc valued
    vancouver various vat version very via vienna vimeo virgin vis visa visitor vodafone volkswagen volvo wait
    waiting waitrose wales walmart want wanted was wasn't waze we we'd we'll we're we've wed wednesday week weekend
    welcome well were weren't what what's whatever whatsapp when where where's whether which while who whole whom
    whose why wifi windows winter wishing with within without wix wizz won't wonderful wondering wordpress work
    working worried worst would wouldn't wow wrong xbox xerox xiaomi xmas yahoo yeah yelp yep yes yesterday yet you
    you're you've your yours yourself youtube yup zendesk zoom zurich
""")
"""Words with a capital that are no person: what a sentence begins with, days, places, brands, companies."""

TITLE_BRANDS: Final = words("""
    bean beast bronner brown's browns bubble bubbles clean coffee crumb dior dre fix kipling magic martens men meyer
    meyers minchin muscle oetker pepper porky porter-brand potato-head robot scholl selfridge sheen t whippy
""")
"""What follows a title in the name of a brand: Dr Pepper, Mr Muscle, Miss Dior."""

HAN_COMPOUND: Final = words("""
    上官 东方 东郭 令狐 公孙 公羊 南宫 叶赫 司徒 司空 司马 呼延 夏侯 太史 宇文 完颜 尉迟 慕容 拓跋 欧阳 澹台
    濮阳 独孤 申屠 百里 皇甫 端木 第五 纳兰 耶律 西门 诸葛 赫连 轩辕 钟离 长孙 闾丘 鲜于
""")
"""Surnames of two characters."""

HAN_SURNAMES: Final = frozenset(
    "丁万丘丛严丰乌乐乔于云亓井亢仇付仝仲任伊伍伏位何佘余佟侯俞信修倪傅储元党全公兰关冀冉农冯况冶冷冼凌刁刘初利劳"
    "勾包匡区华卓单南卜卞卢卫印危卿厉原古史叶司吉向吕吴周呼哈唐商喻夏奉奚姚姜姬娄孔孙孟季宁安宋宗官宣宫容宾宿寇"
    "富封尉尚尤尧尹居屈展屠岑岳崔嵇左巩巫巴帅师席常干平幸庄应庞康廉廖张强彭徐惠慕戈戎成战戚戴房扈支敖文斯方施时明"
    "易昝晁晋晏普景智曲曹曾朱朴权李杜杨杭林柏查柯柳柴栗栾桂桑梁梅植楚楼樊檀欧武段殷母毕毛江池汤汪沈沙沿浦海涂温游"
    "湛滕满漆潘焦熊燕牛牟狄玉王班甄甘田由申白皮盖盘盛瞿石祁祖祝禹秦程穆窦章童符简管米粟索纪练缪罗羊翁翟耿聂肖胡胥"
    "臧舒艾芦芮花苏苑苗苟范茅茹荆荣莫萧葛董蒋蒙蒲蓝蔡蔺薄薛虞衡衣袁裘裴褚覃解詹计许诺谈谌谢谭谷豆费贺贾赖赫赵路车"
    "辛辜边连迟逯邓邝邢那邬邰邱邵邸邹郁郎郑郜郝郭都鄢金钟钱银门闫闭闵闻阎阙阚阮阳阴阿陆陈陶隆隋雍雷霍靳鞠韦韩项顾"
    "颜饶马骆高魏鲁鲍鲜鹿麦麻黄黎齐龙龚"
)
"""Surnames of one character."""

HAN_GIVEN: Final = frozenset(
    "一世业东丫中丹丽久义之乐乙书乾云亚亦亨京亮仁仙代令以仪仲任伊伍休众优伟传伦伯伶佐佑何作佩佳侃依侠俊保俞信俨俪"
    "俭修倍候倚倩健偲储儒儿允元兄兆先光克兢全兰兴典冀军农冠冬冰凌凝凡凤凯凰列刘则刚创初判利功加励劲势勇勋勤匀化北"
    "匡升卉华卓南博卡卫印厉厚友叔取受可叶合吉同君吟含听启吴呈周咏品哈响哲唐唯唱商善喆喜嘉四囝回囡园国图圃圆土圣均"
    "坚坤坦垚城培基堂堃塔增墨壁士壮声复夏夙夜大天夫央失奇奉契奔奕奥女好如妍妙妮妹始姐姗姝姿威娃娅娇娜娟娣娥娴婉婕"
    "婧婷媛嫣嫦子孔存孜孝孟季学宁宇守安完宏宗官定宛宜宝实宣室宪家容宽密富寒察寰寻导寿尊小尔尚尧尹尼居屏展山屹屿岐"
    "岑岚岩岭岱岳岸峙峡峥峰峻崇崎崔崖嵘嵩川州工巧巩己布帅帆师希帝平年幼广庄庆序应底庭康廉延廷建弘弛弟弥强彤彦彩彬"
    "彭影征律徐得御循微德心忆志忠忱念怀思怡恂恒恩恬恭恺悟悠悦情惜惟惠愉意愿慕慧懿成战戴扬承抒护拉拓振捷授掌提携摇"
    "撷攀敏教敦敬文斌斐斯新施旋既旦旨旭时旺旻昀昂昆昊昌明易昕星映春昭昱晋晏晓晔晖晗晟晨普景晴晶智暄暖暮曙曜曦曼曾"
    "月朋服朗望未末札朱朴权李杏材村束杨杰松极构析林枝枫柏柔柳标栋树栩格桂桃桐桑桥桦梁梅梓梦棋棠森植楚楠楷榆榕槐槿"
    "樊樱欢欣欧歆歌正步武毅毓比毛民水永求汇汉汐汛汝江池汪沁沂沅沐沙沛沧沪河治泉泊泓法波泰泳泽洁洋洛津洪洲洵流浅济"
    "浏浔浚浦浩浪海浸涌涓涛润涯涵淇淑淡淮深淳添淼清渊渔渝温港游渺湉湖湘湛湾源溢溪滔满滢滨演漫潇澄澎澔澜濂濡瀚瀛灏"
    "火灵灿炎炜炫炯炳烁烈烨烽焕焜焱然煜照熙熠燃燊燕爱爽牧物特狄独猛献玄率玉玖玛玥玫玮环现玲珂珅珈珉珊珍珏珑珠珣珩"
    "班珮球琅理琛琦琨琪琬琮琰琳琴琼瑄瑗瑛瑜瑞瑰瑶瑾璇璋璐璞璟璧璨甜生甫田由甲男甸画畅留略登白皎皓盈益盛盟直相盼省"
    "眉真睦睿矗知石砚硕碧磊示礼社祎祖祝神祥祯祺禄禅福禧禹秀秉秋科秦积程稚穆空立竞章竣童端竹笃笑笙笛策筝筠筱简管箫"
    "篱米粒粟粤精糖系素索紫红纪纯纲纳纵纹练组绍绎绣继绪续绮维缘缦网罗美群羽翀翊翌翎翔翠翰翱翼耀老者耘耿聆联聪聿肃"
    "肇育胜胤脉腾至致舒舜舞舟航船良艳艺艾节芃芊芍芒芙芝芦芬芮芯花芳芷芸苇苏苑苒苓苗苡若英茁茂范茉茗茜茵茹荀荃荆荔"
    "荟荣药荷莅莉莎莘莞莲莹莺菀菁菊菡菲萌萍营萦萧萱落葆著葵蒙蒨蓁蓉蓓蓝蓬蔓蔚蕊蕙蕴蕾薇薏薪藏虎虞虹蜀蜜融行衍衡衣"
    "裕西见观觅视解言计训议记许词诏诗诚询诣详语诺谊谋谐谦谨谷豆象豪贝贞贡财贤贵赋赐赞赫赵起超越跃路践轩轮轶辅辉辰"
    "达迈迎运近进远连迪适选逊通造逢逸道遥遨邑邦郁采重野金鉴鑫钊钟钢钦钧钰铁铃铎铜铠铭铮银锋锐锡锦键锴镇镜长门闻阅"
    "阔阡阮防阳陆陈陶隆隐雁雄雅集雍雨雪雯零雷霁霄霆震霏霖霜霞露青靖静革韦韬音韵韶项顺须颂领颐颖颜飒飞香驭驰驹驻骁"
    "骄骅骏骥高魁鱼鲁鲲鸣鸾鸿鹃鹏鹤鹰麒麓麟黎默鼎齐龄龙"
)
"""Characters that given names are made of."""

HAN_NOT_NAMES: Final = words("""
    成熟 全职 文艺 高个 单号 方便面 变更 解除 关机 关门 查件 查单 应答 张数 于先 何种 车型 安检 路程 项链 项目 连锁 支行 费率
    丁香 万一 万元 万家 万科 万能 万达 丛林 东西 严格 严肃 严重 丰台 丰富 乌鲁 乐意 乐视 乐高 乔丹 于今 于是
    云南 云朵 云端 京东 从前 从来 付款 付费 仲裁 任何 任务 任意 伊利 伍佰 但是 何况 何处 何必 何时 余下 余款
    余额 侯门 信任 信号 信息 信用 信誉 信贷 修改 修理 傅立 储值 储存 元宵 元旦 元气 元素 先生 党员 党费 全友
    全国 全天 全家 全新 全款 全程 全部 全额 公众 公分 公司 公告 公寓 公开 公斤 公里 关于 关心 关注 关系 关键
    关闭 冀望 农业 农村 冷冻 冷气 冷水 冷淡 冷藏 冷静 凌志 凌晨 刘海 初中 初次 利息 利润 利用 劳动 包装 包裹
    包邮 匡威 华东 华中 华为 华丽 华北 华南 华夏 华润 华硕 卓越 单价 单位 单元 单反 单子 单独 单身 南京 南宁
    南方 南昌 南通 卫士 卫浴 卫生 卫衣 印刷 印章 印象 原价 原厂 原因 原来 原装 古代 古典 古董 古驰 史上 叶子
    叶片 司机 司法 吉利 吉林 同仁 后天 向上 吕布 吴江 周一 周三 周二 周五 周六 周到 周四 周年 周日 周期 周末
    周边 周黑 和平 和气 和谐 唐山 唐装 商业 商品 商场 商城 商家 商店 商量 四川 国产 国内 国外 国家 国庆 国美
    国际 培训 夏令 夏天 夏季 夏普 夏装 奉上 奉送 姚记 孔子 孔雀 孙女 孙子 孟子 季度 季节 宁夏 宁愿 宁波 安全
    安卓 安徽 安心 安排 安检 安装 安静 宋体 宗旨 官方 官网 家人 家长 容器 容易 容量 宿舍 富士 富强 富有 富贵
    封面 小二 小众 小伙 小区 小哥 小型 小天 小姐 小孩 小店 小度 小心 小时 小朋 小爱 小牛 小白 小票 小程 小米
    小红 小编 小贴 小贵 小鹏 尚且 尚未 尤其 居家 居民 居然 屈臣 展会 展厅 展开 展示 屠宰 山东 山西 岳母 岳父
    左右 左手 左边 巫山 帅哥 师傅 师父 席梦 常客 常州 常常 常温 常用 常见 常规 干净 干嘛 干洗 干燥 平价 平信
    平台 平均 平安 平常 平方 平时 平板 平衡 平静 幸亏 幸好 幸福 广东 广州 庄园 应急 应用 应该 庞大 康乐 康佳
    康复 康师 张家 张小泉 张裕 张贴 强制 强大 强度 强烈 强行 彭博 徐州 徐徐 惠州 惠普 成为 成交 成人 成功 成年
    成本 成都 房东 房产 房子 房贷 房间 支付 支持 支架 敬礼 文件 文具 文化 文字 文明 文档 方便 方向 方太 方式
    方形 方案 方法 方面 施华 施工 时候 时尚 时效 时间 明信 明天 明年 明明 明显 明白 易拉 易碎 晏子 普洱 普通
    景区 景点 智商 智能 曲线 曲面 曾经 未来 朱砂 权益 权限 李子柒 李宁 李锦 李锦记 杜绝 来回 来电 来自 杨柳 杨梅
    杭州 查收 查看 查询 柯达 柴油 柴犬 桂林 梁山 梅州 梅花 植物 楚楚 楼上 楼下 楼层 楼梯 欧元 欧洲 欧美 欧莱
    武器 武术 武汉 段落 毕业 毕竟 毛利 毛孩 毛巾 毛病 毛衣 江南 江湖 江苏 江西 池子 汤圆 汪星 沈阳 沙发 沙漠
    洪水 浙江 海信 海关 海南 海口 海外 海尔 海底 海报 海淀 海淘 海绵 海鲜 涂料 温和 温州 温度 温柔 温泉 温馨
    游戏 游泳 湛江 滕州 满减 满分 满意 满足 潘多 焦急 焦虑 熊掌 熊猫 燕窝 燕麦 牛仔 牛奶 牛肉 玉溪 玉石 玉米
    王国 王子 王小卤 王牌 王老 王老吉 王者 班级 班车 田园 由于 由来 由此 申诉 申请 申通 白天 白色 白酒 白金 白银
    白领 盖子 盖章 盛夏 盛大 盛开 相信 相关 相册 相同 相机 相片 石头 石家 石油 祁连 祖国 祖母 祝你 祝好 祝您
    祝愿 祝福 祝贺 秦岭 程序 程度 穆斯 章程 章节 童装 童鞋 端口 符合 简单 简历 简直 管家 管理 米家 米饭 索尼
    索赔 红色 练习 罗技 罗马 羊毛 羊肉 美的 翁婿 翟天 老人 老公 老外 老大 老婆 老客 老家 老师 老干 老年 老是
    老板 老用 老顾 联想 肖像 舒服 舒适 花呗 花园 花朵 花生 花盆 花纹 花费 苏宁 苏州 苏打 苏泊 苗木 荣威 荣耀
    莫名 莫非 蒋家 蒙牛 薛定 衡量 衣服 解决 解绑 解释 解除 计划 计时 计算 计费 许可 许多 许愿 诸位 谈话 谢意
    谢绝 谢谢 谷歌 谷物 豆浆 豆腐 贵州 费劲 费用 贺卡 赵州 路上 路口 路由 路线 路费 车主 车位 车厘 车子 车票
    车辆 辛苦 边框 连夜 连接 连续 连衣 通知 邢台 那个 那么 那天 邱先 邵氏 邹城 郑州 郑重 郭德 都会 都是 金华
    金卡 金属 金牌 金色 金融 金额 金龙 钟头 钟表 钱包 钱款 银联 银色 银行 门口 门店 阮先 阳光 阳历 阳台 阿姨
    阿迪 阿里 陆地 陆续 陶瓷 隆重 雪白 雷人 雷蛇 雷达 青岛 青年 韦德 项目 项链 颜值 颜色 马上 马克 马应 马桶
    马甲 马达 高中 高价 高低 高兴 高原 高峰 高度 高效 高清 高温 高端 高管 高级 高考 高速 高铁 鱼缸 鲁班 鲍鱼
    鲜奶 鲜花 麦克 麦当 麦片 麻烦 黄山 黄油 黄海 黄色 黄金 黎明 黑色 齐全 齐家 龙头 龙岩 龙虾
""")
"""Words that begin with a surname and are no name."""
