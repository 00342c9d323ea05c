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
    "HAN_NEVER",
    "HAN_NOT_NAMES",
    "HAN_SURNAMES",
    "NOT_NAMES",
    "ORGANISATION",
    "SURNAME_WORDS",
    "TITLE_BRANDS",
    "TOWNS",
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
    hazel heath heather heaven hero holly honey hope houston ion iris israel ivy  jade jay jean jet jewel jordan
    josh journey joy joyce justice kent king kit kitty lacy lance lane lee lily lincoln love lucky lux mac madison
    major mark mars marsh max may mercy milan miles montana nan olive orion page paris parker pat patience pearl peg
    penny pepper phoenix poppy porter precious prince queenie rainbow ramsey ray red reed rich river rob robin rock
    rocky rod roman rose rosemary roy royal ruby rusty sage sandy santiago savannah scarlet scout serenity sharp
    sienna skip sky sparrow star sterling stone storm  summer sunny sydney tab tad tan titan trinity tu van
    victoria virginia walker ward will willow win woody york young
    ari august german ira lotus lourdes maverick medina merlin meta otis pal pip robinson roma sultan titus tanner
    tor verona
""")
"""Given names that are also words, brands or places: names only where the place says so and a pause follows."""

SURNAME_WORDS: Final = words("""
    archer baker barber barker barnes bell bird bishop black blacksmith bolt bond booth bowman branch brewer bridges
    brook brooks brown bull burns bush butcher butler cannon carpenter carter cash chambers church clay coleman cook
    cooper crane cross crow day dean dove drake draper dyer falconer field fields finch fisher fletcher flowers flynn
    ford forest foster fowler fox freeman french frost gardener gardner gates glass glover gold golding good goodman
    graves gray green greene groom hall hammer hand harper hart hawk hawkins hay head heron hill hills holder hood
    hooper hope horn horne house hunt hunter husband hyde joiner king kitchen knight lake lamb lane law leaf little
    lock long love low lowe major marsh marshall martin mason masters may miller mills monk moon moore moss mullins
    nightingale noble north nurse page painter palmer park parker parks parsons partridge peacock pike piper plant
    plumb pollard pond pool pope porter post potter potts pound pratt price prior proctor purse quick read reader reed
    reeve reeves rice rich ring rivers robins rock rose rush sadler sawyer sharp sharpe sheen shepherd shields short
    silver singer skinner slater small smart smith snow speed spencer spring squire starling steel steele stern steward
    stone storey street strong summer summers swan sweet swift tailor tanner taylor temple thorn thorne tiller towers
    turner underwood vine vincent waite walker wall walls ward waters watts weaver webb webster weeks wells west
    wheeler white wild winter winters wise wolf wolfe wood woods wren wright young
""")
"""Surnames that are also words."""

GIVEN: Final = AMBIGUOUS | words("""
    claudette lisette babette jeanette suzanna paulette nanette annabella rosella marcelle mirabelle arabella
    jack sue
    aarav aaron aarti abbie abby abdul abdullah abel abena abigail abimbola abiodun abraham abu achim ada adaeze
    adam adams adaora addison adebayo adele adelina adeola adhiambo adil aditi aditya adnan adora adrian adriana
    adrianna adrienne agata agatha agnes agneta agnieszka ahmad ahmed ahmet aida aidan aiden aigul aileen ailsa
    aimee aimé aisha aishwarya aisling ajay ajit akanksha akash akbar akin akira akshay akua al alain alan alana
    alanna alastair alba albert alberta alberto albin alden aldo aldous alec alejandra alejandro aleksandr
    aleksandra alena alessandra alessandro alex alexander alexandra alexandre alexei alexis alfie alfons alfonso
    alfred alfredo ali alice alicia alicja alina aline alisa alisha alison alistair alister aliyah allan allen
    allison alma aloysius alvaro alvin alyssa amadou amaka amal amalia amanda amar amara amarachi ambrose amelia
    amelie amina aminata aminu amir amiri amit amoi amol amparo amrit amrita amruta amy ana anabel anais anand
    anastasia anders andi andrada andre andrea andreas andrei andrej andres andrew andré andy angela angeles
    angelica angelina angeline angelo angharad angie angus anika anil anita anja anjali anke ankit ankita ann anna
    annabel annabelle anne anneke anneliese annelise annemarie annette annie annika anouk anoushka ansel anselm ansh
    anthea anthony antje antoine anton antonia antonio antony anu anusha anwar anya aoife apollonia araceli arash
    archana archie aretha ariadne ariana arianna ariel aristide arjun arlene arlo armando armin arnaud arnav arnold
    arran artem arthur artur arturo arun arvid arvind aryan asger asha ashanti asher ashish ashley ashok ashton
    ashwin ashwini asif asim asmita astra astrid atticus atul aubrey audrey august augusta augustus aurelia aurelie
    aurelio ava avery avinash ayaan ayesha aylin ayo ayse ayumi azadeh azeem aziz azlan azra baako babak babatunde
    bahar balaji balazs baldev barbara barnaby barney barrington barry bart bartosz basia bastian beata beatrice
    beatrix beatriz becca becky bela belinda bella ben benedict benita benjamin benji benoit berit berna bernadette
    bernard bernardo bernd bernice bert berta bertha beryl bess bessie beth bethan bethany betsy betty bev beverley
    beverly bex bhavesh bhavik bhavna bianca bijal bilal billie billy bina binh birgit birte bjarne bjorn björn
    blanca blythe bob bobbie bobby bodil bogdan bojan bolu bongani boniface boris boyd bozena bradley bram brandon
    branko breanna breda brenda brendan brendon brent brett brian briana brianna bridget bridie brigid brigitte
    britta brittany brody bronagh bronwyn brooke bruce bruna bruno bryan bryce bryn bryony burak byron caesar cai
    caitlin caleb calista callie calliope callum calum calvin cameron camila camilla camille candace candice candida
    caoimhe cara carina carl carla carlo carlos carlotta carly carmel caro carol caroline carolyn carrie carter cary
    casey caspar casper cass cassandra cassie catalina caterina cath catherina catherine cathy catriona caz cecil
    cecile cecilia cecily cedric celeste celia celine cerys cesar chaitanya chandra chantal charis charlene charles
    charli charlie charlotte charmaine charmian chaya chen cheng cherie cheryl chetan chiamaka chiara chibuzo chidi
    chiedu chika chinedu chinonso chinwe chioma chloe chloé chloë chris chrissie christa christabel christie
    christina christine christof christoph christopher christy chrystal chukwu ciara ciaran cicely cillian cindy
    citlali claire clara clarence clarice clarissa clark claudia claudine claus clem clement clementina clementine
    cleo clifford clint clinton cliona clive clodagh clotilde cody colby colin colleen collette colm conchita conn
    connie connor conor conrad constance constantin cora coralie cordelia corey corinna corinne cormac cornelia
    cornelius cosima cosmo courtney craig crispin cristian cristiano cristina curtis cynthia cyril cyrus dacian
    dafna dafydd dagmar dagny dale dalia damaris damian damien damir damon dan dana dancan danica daniel daniela
    danielle danil danilo danni danny dante danuta daphne dara darcy daria darius dariusz darlene darragh darrell
    darren darryl darshan daryl dave david davide davina dawid dawit dawson dean deandre deanna debbie deborah debra
    declan deen deepa deepak deepika deidre deirdre delia della delphine delroy demelza denis denise dennis denzel
    deon derek dermot desi desiree desmond desta dev devansh devi devika devin dexter dhruv diana diane diarmuid
    didier diego dieter digby dilan dilip dimitra dimitri dimitris dina dinah dinesh dipak dirk ditte divya dixie
    dmitri dmitry dobromir dolores dominic dominik dominika dominique donal donald dongmei donna donovan dora dorcas
    doreen dorian doris dorota dorothea dorothy dorthe doug dougal douglas dragan dries duncan dunja dustin dwayne
    dylan eamon ebba eberhard ebony eckhard ed edda eddie eddy edgar edith edmond edmund edna eduard eduardo edward
    edwin edwina efosa efrain efua egil eileen eilidh eilis einar eirik ekaterina ela elaine elba elda eleanor elena
    eleni eli elias elif elijah elin elisa elisabeth elise elizabeth elke ella elle ellen ellie elliot elliott ellis
    elmer elodie eloise elsa elsie elspeth elton elvira elvis elwyn emeka emel emer emil emilia emilie emilio emily
    emma emmanuel emre ene enid enoch enrico enrique enzo eoin ephraim erasmus erdem eric erica erik erika erin
    erlend ermin ernest ernesto ernst erol esma esme esperanza esteban estefania estelle esther ethan ethel etienne
    euan eudora eugene eugenia eugenie eugenio eun eunice eustace eva evan evander evangeline evelyn everett evie
    ewa ewan ezekiel ezra fabian fabienne fabio fabrice fadi fadwa fahad faisal faiza fanny farah farai farhan farid
    farouk fatemeh fatima fatma fatou faustina fay faye federica federico fedor felicia felicity felipa felipe felix
    femi femke fenella ferdinand ferenc fergal fergus fernanda fernando ferran feruzbek fidel filip filipa finbar
    finlay finn finola fiona fionn fitz flavia flavio fleur florencia florian flynn folake fran frances francesca
    francesco francis francois françois fraser fred freda freddie freddy frederic frederick frederik freya frida
    fridolin frieda fritz frode fumiko funmi gabby gabor gabriel gabriela gabriella gabrielle gaetano gaia gail
    ganesh ganesha gareth garfield garrett garry gary gaspard gaston gaurav gauri gavin gavril gayle gaz gebre gemma
    genevieve geoff geoffrey georg george georgie georgina georgios geraint gerald geraldine gerard gerardo gerd
    gerda geri germaine gerrit gerry gertrude giada giancarlo gideon gilberto gilles gillian gina gino giorgia
    giorgio giovanni gisela gisele gita gitte giulia giuseppe gladwyn gladys glen glenda glenn gloria godfrey gopal
    goran gordana gordon gosia govind graciela graeme graham grainne graziella greer greg gregor gregorio gregory
    greta gretchen gretel griselda grzegorz guadalupe gudrun guido guillaume guillermo gulab gulnara gunnar gunther
    gunvor gurpreet gus gustaf gustav gustavo gwen gwendolyn gwilym gwyn gwyneth günther habib hadiya hafsa haider
    hailey hakim hakon hala halima halle hamid hamish hamza hana hanif hank hannah hanneke hannes hans haoyu harald
    hari harish harjit harlan harleen harmony harold harper harpreet harri harriet harrison harry harsh harshad
    hartmut haruki harumi haruto harvey hasan hashim hassan hatice hattie hayden hayley hector hedda hedvig hedwig
    heidi heike heinrich heinz helen helena helene helga helmut hema henning henri henrietta henrik henry herbert
    herman herve hettie hila hilary hilda hillary himanshu hina hiroko hiroshi hitesh hitomi hjalmar holger horace
    hortense hosea howard hubert huda hugh hugo humphrey hunter huseyin hussain hussein hyacinth hyun hyun-woo iago
    iain ian ianto ibolya ibrahim ida idris ife ifeoma ignacio igor ikechukwu ikenna ikram ilan ilana ilaria ildiko
    ilona ilse ilyas imani imelda imke imogen imran ina inaya indi indira ines inga inge ingeborg ingrid ingvar
    inigo inés ioan ioana ioannis iona iqbal irene irfan iria irina irma irmgard irvin irving isaac isabel isabela
    isabella isabelle isaiah isha ishaan isidora isidro iskra isla ismael ismail isobel isolde issa itziar ivan
    ivana ivar iveta ivo ivor iwan izaak izabela izzy jaap jabari jacinta jackie jackson jacob jacopo jacqueline
    jacques jadwiga jaejae jagdish jahan jai jaime jake jakub jalal jamal jameela james jamie jamil jan janae jane
    jane-marie janek janelle janet janey janice janine janis janko janos janusz jared jarek jarmila jaromir jaroslav
    jarrod jarvis jasmina jasminder jasmine jason jasper jaswinder javed javier jaya jayden jayesh jayne jaz
    jeanette jeanne jeannette jeannie jed jeff jeffrey jehan jelena jemima jemma jen jenna jennie jennifer jenny
    jens jeremiah jeremie jeremy jermaine jerome jerry jesper jess jesse jessica jessie jesus jethro jiaying jignesh
    jill jillian jim jimena jimmy jin jing jiri jisoo jitendra jo joachim joakim joan joana joanie joanna joanne
    joaquin jocelyn jochen jodie jody joe joel joey johan johann johanna johannes johar john johnny johnson jolanta
    jolene jolie jon jonah jonas jonathan jonathon jonny joon joost jorge joris jose josef josefina joseph josephina
    josephine josette joshua josias josie josé josée jovan jovana joão juan juana juanita judith judy juhi julek
    jules juli julia julian juliana juliane julianne julie julien juliet juliette julio julius jun june junior
    jurgen jurgita justin justine justyna jörg jürgen kai kaisa kaitlyn kaja kajal kalle kalpana kamal kamala kamil
    kanye kaori kara karam karan kareem karel karen karim karin karina karl karla karolin karolina karsten karthik
    kasia kasper katarina katarzyna kate katerina kath katharina katharine katherine kathie kathleen kathryn kathy
    katie katja katrin katrina katy kavita kavitha kavya kay kayla kaylee kaz kazimierz keeley keiko keir keira
    keith kelley kelly kelsey kelsie kelvin kemal kemi ken kendra kenji kenneth kenny kenta kerry kerstin keshav kev
    kevin khadija khairul khalid khalil khanh kian kiera kieran kiki kim kimberley kimberly kimi kinga kiran kirill
    kirk kirsten kirsty kirti kjell klara klaus klemens knut koffi kofi konrad konstantin kostas krishna krishnan
    krista kristen kristian kristin kristina kristine kristjan kristo kristof krystyna krzysiek krzysztof ksenia
    kumar kunal kurt kwabena kwame kwasi kyle kylie kyra kyrie lachlan laila lakisha laksh lakshmi lalit lalita
    lamar lana lara larisa larissa larry lars lasse laszlo latif latoya laura laurel lauren laurence laurens laurent
    laurie lawrence laxmi layla layton lea leah leandro leanna leanne leena lei leif leigh leila lena lennart lennox
    lenny leo leocadia leon leona leonard leonardo leonie leontine leopold leopoldo leora lerato leroy les lesley
    leslie leszek leticia letitia levent lew lewis lex lexi li liam liana libby lidia lidija lieke liesl lila lilian
    liliana lilith lilla lillian lin lina linda lindsay lindsey linh linnea linus linzi lionel lior lisa lisbeth
    liselotte litsa liu livia livvy liz liza lizzie ljubica lloyd logan loic lois lola lorcan lorelai lorelei loren
    lorena lorenza lorenzo loretta lorna lorraine lotta lotte lottie lou louie louis louisa louise lowri luana lubna
    luc luca lucas lucho lucia lucian luciana lucien lucille lucinda lucrezia lucy lucía ludmila ludo ludovic ludwig
    luigi luis luisa luka lukas lukasz luke lulu luna luther lutz lydia lyla lynda lyndsey lynette lynn lynne lyra
    lysander mabel macey maciej madalena maddie madeleine madeline madhu mae maeva maeve magali magda magdalen
    magdalena maggie magnus maha mahdi maheen mahesh mahindra mahir mahmoud mahnoor mai maisie maja makena makoto
    malachi malachy malaika malcolm malik malin malina mallory mamadou manal manav mandeep mandy manfred manish
    manisha manjit manju manoj manon manu manuel manuela mara marat marc marcel marcela marcelina marcella marcelo
    marcia marcin marco marcos marcus mared marek margaret margareta margarete margarita marge margherita margit
    margo margot margrethe marguerite mari maria mariah mariam marian mariana marianne marie mariel marika marilyn
    marin marina mario marion marisa marisela marisol marit marjan marjorie marketa marko marlene marley marlies
    marliese marlon marlowe marnie marsha marta martha martijn martin martina martine martino marty martín marvin
    marwa mary maryam maryann marysia masha mason masood massimo matei matej mateo mateusz mathew mathias mathieu
    mathilde mathis matias matilda matt matteo matthew matthias matyas maud maura maureen maurice mauricio mauro
    mavis maxim maximilian maximiliano maxine maya mayank mayumi mayur mayuri maëlle mbali meenakshi meera megan
    meghan mehdi mehmet mehr mehreen mehul mei mei-ling meike meinrad melanie melek melina melinda melisa melissa
    melody melvin mendel menno merete meriem merrick merve mervyn meryem meryl mette mhairi mia micah michael
    michaela michaella michail michal michalina michel michelangelo michele michelle michiel mick mickey mieke
    miguel mihaela mihai mikael mike mikel mikhail miko milda milena milica miljan millicent millie milly milo milos
    mina minerva ming minh mira miranda mireille mirela miriam mirjam miroslav misha misty mitali mitch mitchell
    mitsuko mitzi miza mladen mo moacir moe mohamad mohamed mohammad mohammed mohan mohini mohit moira mollie molly
    mona monica monika monique morgan moritz morten morwenna moses moshe mouna mpho mthunzi muhammad muhammed
    muireann mukesh mungo munira murad murali murat muriel murray mustafa mustapha myles myra myron myrtle mónica
    nabil nada nadezhda nadia nadim nadine nadir nadja nagma nahla naima naina najma naledi nam nancy nandini nanna
    naoko naomi narayan narendra narges nasir nassim nat natacha natalia natalie natan natasha nathalie nathan
    nathanael nathaniel natividad naveen navin nawal nayan ned neda neelam neema neha nehal neil nell nella nelly
    nelson nena nerissa nerys nestor nevena neville newton ngaio ngozi nguyen nia niamh nicanor nicci nicholai
    nicholas nick nickolas nico nicola nicolas nicole nicoletta nicolina nidhi nienke nigel nikhil nikhita niki
    nikita niklas niko nikola nikolai nikolaj nikos nils nima nimisha nina ning nino nirav nisha nishant nita niya
    njeri nkechi noa noah noam nobuko noel noelle noemi noemie nokuthula nolan nomsa noor nooshin nora norah norbert
    norbu noreen norma norman nour noura nuala nuha nuno nuria nyasha nyla oceane octavia odette odhran ofelia oisin
    ola olaf olamide ole oleg oleksandr olena olesya olga oliver olivia olivier oliwia ollie olly olof oluwa
    oluwaseun omar omkar omolara onofre onur oona ophelia oran oriana orla orlaith ornella orson osama oscar osman
    osvaldo otis ottilie otto ottoline oumar owen oyelaran ozan pabla pablo paddy padma padraic padraig paige palak
    palle palmira pam pamela panagiotis pankaj pantelis paola paolo parisa parminder parth parvati pascal pascale
    patel patrice patricia patricio patrick patrik patrizia patsy patti patty paul paula paulette paulien paulina
    pauline paulo pavel pawel payal pazcal pearse pedr pedro peggy penelope pepe percy perla pernilla pernille perry
    petar pete peter petr petra petronella petros petter petya peyton phil phila philip philippa philippe phillip
    philomena phindile phineas phoebe phuong phyllis pia pierre pierrick pieter pilar pina pinar piotr pip piper
    pippa piyush polly pooja poonam prabhakar prachi pradeep pradip pradnya pragya prakash pranav pranay prasad
    prasanna prashant pratibha pratik pratiksha preethi preeti prem priscilla pritam prithvi priya priyanka prosper
    prudence przemyslaw pushpa qasim quentin quincey quincy quinn rabia rach rachael rachana rachel rachid radek
    radhika radmila radoslav raf rafael rafaela rafal raffaella rafi raghav ragnar raheem rahim rahima rahul raimund
    rainer raisa raj raja rajan rajat rajeev rajesh rajni raju rajveer rakesh ralf ralph ram rama ramesh ramin
    ramiro ramla ramon ramona rana randall randolph randy rani ranjit ranulph raoul raphael raquel rasha rasheed
    rashid rashida rashmi rasmus rati raul ravi ravindra raymond raymundo rebeca rebecca rebekah recep reem reena
    regan reggie regina reginald reinhard reinhold reka rekha reko remi remy rena renata renate renaud rene renee
    renuka renée reshma reuben rex reza rhea rhian rhiannon rhoda rhona rhoswen rhys riaz ricarda ricardo riccardo
    richa richard richie rick rickie ricky rihanna riley rina rishi rishma rita ritu riya roald robbie robbin robert
    roberta robertas roberto robyn rochelle roderick rodney rodrigo roel rogelio roger rohan rohini rohit roisin
    roisín roland rolando rolf romain romana romeo romy ron rona ronald ronaldo ronan ronit ronnie roopa rory rosa
    rosalie rosalind rosalinda rosalyn rosamund rosanna rosanne roseanne roselyn rosemarie roser rosetta rosie
    rosina rosita ross rosy rowan rowena rowland roxana roxanne roxy rozalia ruaridh ruben rubina rudolf rudolph
    rudy rufaro rufus rukhsana rune rupal rupert rupinder russ russell rustam ruta ruth ruxandra ryan ryanne ryszard
    saadia saba sabah sabeen sabina sabine sabrina sabrine sachin sadie sadiq saeed safa safiya sahar sahil said
    saif saim saira sajid sajjad sakina sakura salim sally sallyann salma salman salome salustiano salvador salwa
    sam samantha sami samina samir samira sammy samson samuel samuele sana sanaa sanda sandeep sander sandra sania
    sanja sanjay sanjeev sanket sanna sanne santosh saoirse sapna sara sarah sarita sasha saskia satish satoshi
    satya saul saverio savita sayed schuyler scott seamus sean sebastian sebastien seema seldon selena selene selim
    selina selma semra senan seraphina seren serena serge sergei sergey sergii sergio sergiy serhiy setareh seth
    severin seyi shabana shabnam shafiq shah shaheen shahid shahin shaila shaista shakira shalini shamim shamima
    shanaya shane shanelle shani shania shanice shannon shanti sharifa sharmila sharmin sharon sharonda shashank
    shaun shauna shaunna shawn shayc shayla shaz shazia shea sheena shehnaz sheila shekhar shelagh shelby sheldon
    shelley sherif sherri sherry sherwin shilpa shireen shirin shirley shivani shlomo shobha shona shrey shreya
    shrikant shruti shu shubham shweta shyam sian sibusiso sid siddharth siddhi sidney sidra siegfried signe sigrid
    sigridur sigurd silas silvia simeon simon simona simone simran sina sinan sindhu sinead siobhan sipho siv siya
    siân skye slavica slobodan sneha snezana sofia sofie sofía sohail solange solomon solveig somchai sonal sondra
    sonia sonja sonny sonya sophia sophie sorcha soren sorin soumya spencer spiros srinivas stacey stacie stacy stan
    stanislaus stanislav stanislava stanley stavros stefan stefania stefanie stefano steffi stelios stella stellan
    steph stephan stephanie stephen steve steven stevie stewart stian stig stuart subash subhash sudha sudheer
    sudhir sujata sukhdeep suki sumaiya suman sumathi sumit sunil sunita sunniva suparna suraj suraya surbhi suresh
    surinder susan susana susanna susannah susanne sushil sushma susie suzanna suzanne suzette suzie svein sven
    svetla svetlana swapnil swati sylvester sylvia sylvie sylwester sylwia szymon sébastien søren tabitha tadeusz
    taha taher tahir tai taiwo takashi takeshi talha talia tallulah tamara tamas tamika tamsin tania tanisha tanja
    tanvi tanvir tanya tara taran tariq tarun tash tasha tasneem tatiana tatum tatyana tawanda tayla taylor tayo ted
    teddy tegan tejas temi temitope tendai tenzin teodor teodora terence teresa terrell terrence terri terry tess
    tessa tevin thabiso thabo thad thaddeus thalia thandi thandiwe thanh thea thelma theo theodor theodora theodore
    theodoros theodosia theresa therese theresia thiago thibault thierry thijs thirza thom thomas thomasina thora
    thorsten tia tiago tiana tiernan tiffany tilda tillie tilly tim timo timothy timur tina tinashe tobias tobin
    toby todd todor tolga tolulope tom tomas tomasina tomasz tomislav tommaso tommy tomoko tomáš toni tonia tonje
    tony tonya tore tori torin torquil torstein torsten tova tracey tracie tracy travis trent tresa tressa trevor
    tricia trina trini trish trisha tristan trond troy trudi trudy truls tsering tunde tuomas turid tushar tyler
    tyra tyrell tyrese tyrone uche ulla ulrich ulrike uma umar umesh una ursa ursula urszula usha usman uta uthman
    uwe uzma vaclav vadim vaibhav vaishali val valdemar valentin valentina valentine valentino valeria valerie
    valeriya vandana vanessa varsha varun vasco vashti vasile vasilis vasily veena velma venkat venkatesh vera
    verena vernon veronica vibeke viccy vicente vicki vicky victoire victor vidar vidya vijay vijaya vikas viki
    vikram viktor viktoria viktorija vilma vimal vinay vince vincent vincenzo vineet vinod viola violet violeta
    violetta vipin vipul virgil virginie vishal vita vitaly vito vittoria viv vivek vivi vivian vivien vivienne vlad
    vladimir vojtech volker vuyo vytautas wade waheed wahid walid walt walter waltraud wanda wang warren wasim wayan
    wayne wei wen wenche wendell wendy werner wes wesley wiebke wieslaw wilbur wilda wilfred wilhelm wilhelmina
    wilhelmine willem william williams wilma wilmer wilson winfield winifred winnie winona winston wladyslaw
    wojciech wolfgang xander xanthe xanthia xavier xiao ximena xin xochitl yaakov yaaser yael yagmur yan yang yanina
    yanis yannick yannis yara yaritza yash yashika yasmin yasmine yasser yasuko yaw yazmin yehudi yelena yetunde
    ying ylva yohan yohannes yolanda yolande yosef yoshi yosuke youssef ysabel yuki yulia yumi yuri yuriko yusra
    yusuf yuto yvan yvette yvonne zaara zac zach zachariah zachary zack zadie zahid zahra zaid zain zainab zainal
    zakaria zakir zandile zanele zara zayd zdenek zeb zeki zelda zelma zena zenobia zeynep zhang zhi zia zinnia ziv
    zlata zlatan zoe zoey zofia zohra zola zoltan zoltán zora zoran zoé zoë zubair zulema zuri zuzana łukasz
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

TOWNS: Final = words("""
    aberdeen adelaide albany albuquerque anchorage ankara antwerp athens atlantic auckland bangkok bath belgrade
    bergen bilbao
    bologna bordeaux boulder bradford bremen bucharest budapest burlington calgary canberra canterbury capetown
    caracas cebu
    chester cincinnati cleveland cologne columbus copenhagen cork coventry croydon damascus darwin derby detroit
    dhaka doha
    dortmund dover dresden dundee durham edmonton essen exeter falkirk florida frankfurt galway gdansk genoa ghent
    gothenburg
    guildford halifax hamburg hanoi hanover hastings havana helsinki hobart honolulu hove hull indianapolis
    inverness istanbul
    jakarta jersey johannesburg kampala karachi kiev kigali kilkenny krakow kuwait kyiv kyoto lahore leicester
    leipzig lille lima
    limerick linz lisburn ljubljana lucerne luton luxembourg lyon maidstone malaga malmo malta manila margate
    marseille medellin
    memphis mexico minneapolis minsk modena monaco montreal moscow nagoya nantes naples nashville newark newport
    nice norfolk
    northampton norwich nuremberg oakland ohio omaha oslo ottawa oxfordshire palermo pasadena peterborough
    philadelphia phnom
    phuket pittsburgh plymouth poole porto portland portsmouth prague preston quebec quito raleigh reykjavik riga
    riyadh rotterdam
    sacramento salford salisbury salzburg sapporo scarborough seville shenyang shrewsbury slough sligo southampton
    stockholm
    stockport strasbourg stuttgart sunderland swansea swindon taipei tallinn tampa tampere tehran texas thessaloniki
    tirana
    toledo torquay toulouse tucson tulsa tunis turin ulster utrecht valencia venice vermont vilnius warsaw wellington
    wimbledon windsor wolverhampton worcester wuhan yokohama york zagreb
""")
"""Towns and regions that begin with a capital as names do."""

NOT_NAMES: Final = (
    ORGANISATION
    | TOWNS
    | words("""
    professor doctor captain nurse officer someone-else mr mrs ms miss mx dr prof sir dame rev herr frau madame
    monsieur señor señora signor signora
    san santa los las el rio hong kuala buenos cape tel abu fort port mount lake salt costa puerto saudi north south
    east west royal mail
    man dude hun babe bro love peeps sweetie darling gang troops y'all lads chaps mum mom dad
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
)
"""Words with a capital that are no person: what a sentence begins with, days, places, brands, companies."""

TITLE_BRANDS: Final = words("""
    bean beast bronner brown's browns bubble bubbles clean coffee crumb dior dre fix kipling magic martens men meyer
    meyers minchin muscle oetker pepper porky porter-brand potato-head robot scholl selfridge sheen t whippy
""")
"""What follows a title in the name of a brand: Dr Pepper, Mr Muscle, Miss Dior."""

HAN_COMPOUND: Final = words("""
    仲孙 相里 漆雕 乐正 壤驷 公良 公冶 宗政 淳于 单于 澹台 太叔 亓官 司寇 子车 颛孙 巫马 夹谷 宰父 谷梁 段干 百里
    呼延 东郭 羊舌 微生 梁丘 左丘 东门
    上官 东方 东郭 令狐 公孙 公羊 南宫 叶赫 司徒 司空 司马 呼延 夏侯 太史 宇文 完颜 尉迟 慕容 拓跋 欧阳 澹台
    濮阳 独孤 申屠 百里 皇甫 端木 第五 纳兰 耶律 西门 诸葛 赫连 轩辕 钟离 长孙 闾丘 鲜于
""")
"""Surnames of two characters."""

HAN_SURNAMES: Final = frozenset(
    "丁万丘丛严丰乌乐乔乜习于云亓井亢仇付仝仲任伊伍伏位何佘余佟侯俞倪傅储元党全兰关冀冉农冯况冶冷冼凌刁刘初利劳勾"
    "包匡区华卓单南卜卞占卢卫印危卿历厉厍原古史叶司吉向吕吴周呼咸哈唐商喻堵夏夔奉奚姚姜姬娄孔孙孟季宁安宋宓宗官宣"
    "宦宫宰容宾宿寇富寿封尉尚尤尧尹屈展屠岑岳崔嵇巢左巩巫巴帅师席常干平幸庄应庞康庾廉廖弓弘张强彭徐怀惠慕戈戎成战"
    "戚戴房扈扶支敖文斯方於施时昌明易昝晁晋晏普景智暨暴曲曹曾朱朴权李杜束杨杭林柏查柯柳柴栗栾桂桑桓梁梅植楚楼樊檀"
    "欧武殳段殷毋母毕毛江池汤汪汲沃沈沙沿洪浦海涂温游湛滕满漆潘濮焦熊燕牛牟牧狄玉王班璩甄甘田由申白皮盍盖盘盛相"
    "瞿石祁祖祝禄禹秦程穆窦章童竺符简管籍米粟糜索纪练缪罗羊羿翁翟耿聂肖胡胥臧舒艾芦芮花苍苏苑苗苟范茅茹荀荆荣莘莫"
    "萧葛董蒋蒙蒯蒲蓝蓟蓬蔚蔡蔺薄薛虞融衡衣袁裘裴褚覃解訾詹计许诸诺谈谌谢谭谷豆贝贡贲费贺贾赖赫赵越路车辛辜边连迟"
    "逄逯邓邝邢那邬邰邱邴邵邸邹郁郇郎郏郑郗郜郝郤郦郭鄂鄢酆金钟钭钮钱银镡门闫闭闵闻阎阙阚阮阳阴陆陈陶隆隋隗雍"
    "雷霍靳鞠韦韩韶项顾颜饶马骆高魏鲁鲍鲜鹿麦麻黄黎齐龙龚"
)
"""Surnames of one character."""

HAN_GIVEN: Final = frozenset(
    "一丁七三世业东丫中丹丽乃久义之乐乔乙九书乾于云五亚亦亨京亮仁仙代令以仪仲任伊伍休优伟传伢伦伯伶佐佑何作佩佳侃"
    "依侠侬俊俐保俞信俨俪俭修倍候倚倩健偲储傲儒儿允元兄兆先光克兢全八六兰兴兵典冀军农冠冬冰凌凛凝凡凤凯凰列刘则刚"
    "创初判利剑力功加励劲势勃勇勋勤匀化北匡千升卉华卓南博卡卫印卿厉厚原友叔取受叙可叶合吉同向君吟含听启吴呈周咏哈"
    "响哲唐唯唱商善喆喜嗣嘉嘟四囝回囡团园国图圃圆土圣均坚坤坦垒垚垣城培基堂堃堇塔墅增墨壁士壮声复夏夙夜大天夫央失"
    "奇奉奎契奔奕奥女好如妍妙妞妤妮妹始姐姒姗姝姣姬姿威娃娅娇娉娜娟娣娥娴婉婕婧婵婷媚媛嫣嫦嫱子孔存孜孝孟季学宁宇"
    "守安完宏宓宗官定宛宜宝实宣室宥宪家宸容宽宾寅密富寒察寰寻导寿尊小少尔尚尧尹尼居屏展山屹屿岁岐岑岚岩岫岭岱岳岸"
    "峙峡峤峥峦峰峻崇崎崔崖崧崽嵘嵩巍川州工巧巩己布帅帆师希帜帝平年幼广庄庆序应底庚庭康廉延廷建弈弘弛弟弥弦强弼彤"
    "彦彧彩彬彭彰影征律徐得御循微德心忆志忠忱念忻怀思怡恂恋恒恩恪恬恭恺悟悠悦情惜惟惠愁愉意愿慈慎慕慧憬懋懿戎成战"
    "戴才扬承抒护拉拓拥拯振捷授掌提援揽携摇撷操攀攸敏教敛敢敦敬文斌斐斓斯新施旋旗既旦旨旭时旺旻昀昂昆昇昊昌明易昕"
    "昙星映春昭昱晋晏晓晔晖晗晞晟晤晨普景晰晴晶智暄暖暮曙曜曦曲曼曾月朋服朔朗望朝木未末札朱朴朵权杉李杏材村杞束来"
    "杨杭杰松极构析林果枝枢枫柏柔柠柱柳柿栀标栋树栓栩根格桀桂桃桉桐桑桓桠桢桥桦梁梅梓梦梧梨棋棠棣森植椿楚楝楠楷楸"
    "榆榕榛榭槐槿樊樟樱樾橘橙檀欢欣欧歆歌正步武殊毅毓比毕毛民水永汀求汇汉汐汛汝江池汪沁沂沅沐沙沛沧沪河治泉泊泓法"
    "波泰泳泽洁洋洛津洪洲洵流浅济浏浔浚浣浦浩浪海浸涌涓涛涟润涯涵淇淑淡淮深淳添淼清渊渔渝温港游渺湃湄湉湖湘湛湾源"
    "溟溢溪溶滋滔满滢滨演漪漫漱漾潇潜潞潼澄澈澎澔澜濂濡瀚瀛灏火灵灿炅炎炘炜炫炯炳烁烈烊烨烽焕焜焱然煊煜煦照熙熠熹"
    "燃燊燕燚爱爽牧物特犇狄独狮猛献玄率玉玖玛玟玥玫玮环现玲珂珅珈珉珊珍珏珑珙珞珠珣珩班珮珺球琅理琇琐琛琢琥琦琨琪"
    "琬琮琰琳琴琼瑀瑄瑗瑛瑜瑞瑭瑰瑶瑾璇璋璎璐璞璟璧璨瓒瓯甄甜生甫田由甲男甸画畅留略疏登白皎皓盈益盛盟直相盼盾省眉"
    "真睦睿瞻矗知石砚砺硕碧磊磐示礼社祁祉祎祖祝神祥祯祺禄禅福禧禹禺禾秀秉秋科秦积程稚稳稻穆穗空立竞章竣童端竹笃笑"
    "笙笛策筝筠筱简管箫箬篱米粒粟粤粲精糖系素索紫红纪纯纲纳纵纹纾练组绍绎绛绡绣继绪绫续绮绯维绾缇缘缦缨网罗美羡群"
    "羽羿翀翊翌翎翔翘翠翰翱翼耀老者耕耘耿聆联聪聿肃肇肖育胜胡胤脉腾臣至致舒舜舞舟航船良艳艺艾节芃芊芍芒芙芝芦芬芮"
    "芯花芳芷芸芽苏苑苒苓苗苡若英茁茂范茉茗茜茵茹荀荃荆荇草荔荞荟荣药荷荻莅莉莎莓莘莞莲莹莺菀菁菊菡菱菲萃萌萍萤营"
    "萦萧萱落葆著葭葵蒂蒙蒨蒲蓁蓉蓓蓝蓬蔓蔚蔷蕊蕙蕴蕾薇薏薪薰藏藕藩蘅虎虔虞虹蛟蛰蜀蜜蝶融行衍衡衣裕裳西见观觅视解"
    "言誉计训议记许词诏诗诚询诣详诩语诺谆谊谋谐谦谧谨谱谷豆象豪豫豹贝贞贡财贤贵贺赋赐赞赟赫赵起超越跃路践轩轮轶辅"
    "辉辞辰达迁迅迈迎运近进远连迪适选逊途通造逢逸道遥遨邈邑邦郁郡鄢采重野金鉴鑫钊钟钢钦钧钰铁铃铄铎铜铠铭铮银锋锐"
    "锟锡锦键锴锵镇镜长门闻阅阔阡阮防阳陆陈陶隆隐隽雁雄雅集雍雨雪雯零雷霁霄霆震霈霏霖霜霞露青靓靖静非革韦韫韬音韵"
    "韶项顺须颀颂领颇颐颖颜飏飒飞首香馥馨驭驰驹驻驾骁骄骅骋骏骐骞骥高魁魏鱼鲁鲲鸢鸣鸥鸾鸿鹃鹄鹏鹤鹭鹰鹿麒麓麟麦麻"
    "黎默黛鼎齐龄龙"
)
"""Characters that given names are made of."""

HAN_NEVER: Final = frozenset(
    "我你您他她它们的了吗呢吧啊呀在是到住有没不要想去给把被让叫请找问说看用买卖退换寄送收发货快递单号件箱点分钟这"
    "那哪什么怎少几个些都也还又再就已经将会能可以因为向对与跟或但果所而且此每各该某很太更最左右里外内边面头部处色"
    "度量价钱款角块码版型装包盒袋套只支瓶罐条张片啦嘛哦嗯哈吃喝拿打开停修坏错慢贵便宜旧差啥咋昨今届期级类费税率品"
    "产店厂网站机卡券票证客员户商务业系统接电话信息址名姓时候间需使重复确认取消付办理帮忙应样下上前后从比等跑写填"
    "登录注册查询咨"
)
"""Characters that no given name is made of."""

HAN_NOT_NAMES: Final = words("""
    周年庆 周年 白屏 白页 乌龙 卡里 米白 欧盟 边角 再买 黄豆 白条 路途 巴掌 段子 费解 美丽 苍天 明星 鲁菜
    多谢 银行 家里 那边 安顿 加班 韩语 拜托 智慧 德云 原先 何观 何看 再多 再和 那白 白白 白花 白等 定金 多买 冷得 付超
    高血 高三 高一 高二 高烧 高见 高山 高楼 高层 高工 高职 高雅 高傲 高涨 高空 高龄 高强 高潮 高大 高科 高仿 高定
    高配 高亮 高明 高铁 严厉 成天
    方正 方舟 方志 周全 周密 周转 周岁 周围 周折 常青 常德 常识 常态 常驻 白云 白昼 白菜 白糖 马力 马路 马赛 马虎
    何以 何其 何苦 何止 何妨 何等
    时光 时代 时速 时区 时段 时长 时刻 安宁 安康 安逸 安稳 安定 安慰 安详 平静 平和 平稳 平凡 平生 平行 平民 平原
    严密 严峻 严谨 严防 严明
    温暖 温顺 温水 温热 江山 江河 江海 江边 夏日 夏凉 黄昏 黄豆 黄瓜 黄河 黄叶 黄牌 黄冈 石英 石榴 石材 石子 石墨
    金刚 金山 金沙 金条 金字 金光
    金秋 金银 金鱼 金桂 金石 毛重 毛坯 毛笔 毛豆 毛线 钱江 钱塘 钱财 钱币 雷电 雷声 雷同 龙凤 龙年 龙眼 龙井 龙门
    龙华 龙江 史诗 史实 成就 成立 成长
    成效 成果 成文 成对 成双 成套 成群 成品 路程 路径 路灯 路面 路段 路况 向往 向来 向前 向日 向导 关爱 关怀 关卡
    关税 关东 关乎 文采 文学 文娱
    文凭 武力 武士 武侠 应聘 应届 应邀 应酬 应变 应对 应有 应付 应战 应声 申领 任性 任职 任命 任教 任期 任凭 全方
    全能 全年 全力 全会 全民 全勤 全场
    全文 全麦 全息 全屏 全景 全球 全城 全市 全省 全自 全心 全员 权威 权力 单纯 单一 单方 单据 单车 单品 单只 单面
    单亲 单双 单月 单程 丁点 万事 万物
    万里 万象 万岁 万全 万众 万圣 万国 于此 于心 余生 余力 余地 余温 余量 谢幕 谢礼
    车牌 位于 江苏省 商铺 常亮 西门子 关联 关心 文科 全保 小卡 金针菇 金百万 万寿山 牛菲力 查一 查询
    单身 包年 包月 黄牛 房客 于三 周末 万分 高手 高人 老手 成交 全套 全职 常住 常年 方才 方言 江北 安装好 安装完
    宿管 宿管员 祝安 祝顺 祝商 祝祺
    海澜 那儿 那里 海苔 花朵 花洒 花茶 麻将 麻花 苹果 农夫 米色 白沙 黄沙 林荫 高山 高地 高跟 蓝牙 蓝色 蓝莓 青椒 黑莓
    高达 原价 原装 原来 原因 原图 原件 原版 原味 原路 原地 明天 明年 明细 明明 明白 明显 占用 占线 占位 初步 初始
    初一 怀疑 怀孕 能不 厉害 暴雨 暴力 历史 历程 衣架 衣柜 衣物 展览 展柜 咸味 籍贯 牧场 滑块 滑轮 班主 班级 危险
    危机 印度 索要 堵车 扶手 宰客 越来 越南 隆冬 融化 巢湖 权利 权重 竺可 边上 边界 边缘 农药 农历 寿命 寿司 燕京
    尚品 禄口 师生 师兄 师姐 阴天 阴凉 苍蝇 闻到 劳务 劳保 贡献 姬松 申报 雍和 桑拿 桂花 牛排 双十 云集 云存
    成熟 全职 文艺 高个 单号 方便面 变更 解除 关机 关门 查件 查单 应答 张数 于先 何种 车型 安检 路程 项链 项目 连锁
    支行 费率
    万一 万元 万家 万科 万能 万达 丛林 东西 严格 严肃 严重 丰台 丰富 乌鲁 乐意 乐视 乐高 乔丹 于今 于是
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
