//! Function words: the small words that tell languages of Latin script apart, in short texts, too, and
//! tell text from code.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::FixedState;

/// The commonest function words of languages; of English also words that are function words elsewhere,
/// such as `die` and `comment`. Single letters of ASCII are left out: they are names in code.
const WORDS: [(&str, &str); 20] = [
    (
        "en",
        "about ada after all also an and any are as at be been bin but by can come comment \
         could den die dig do does door due era for from go had ham has hat have he her his how \
         if in into is it its just like man may men met mod more most need no not of on one \
         only or other our out over par per pod pot see she should sin so some son such ten \
         than that the their them then there these they this those through till to under up us \
         use used using van very via want war was we were what when where which while who why \
         will with would you your",
    ),
    (
        "de",
        "aber alle als am an auch auf aus bei beim bin bis dann das dass dem den denn der des \
         die dies diese dieser dieses doch durch ein eine einem einen einer eines er es für \
         gegen haben hat ich ihr ihre im in ist jede kann kein keine können man mehr mit nach \
         nicht noch nur ob oder ohne sehr sein sich sie sind so um und uns unser unsere unseren \
         unter vom von vor war waren warum was wenn werden wie wir wird wurde zu zum zur \
         zwischen über",
    ),
    (
        "fr",
        "ai au aucun aussi autre aux avant avec avons ce cela ces cet cette ceux chaque comme \
         comment dans de des dont du elle elles en encore entre est et eu fait il ils je la le \
         les leur leurs lui mais même ne nos notre nous on ont ou où par pas peut plus pour \
         pourquoi qu quand que quel quelle qui sa sans se ses si son sont sous sur tous tout \
         toute très un une vers vos votre vous à était été être",
    ),
    (
        "es",
        "al algo antes así aunque bien cada como con cual cuando cómo de del desde donde dos \
         durante el ella ellos en entre era es esa ese eso esta estas este esto estos está \
         están fue ha hacer han hasta hay la las le les lo los me mi muy más nada ni no nos \
         nosotros nuestra nuestras nuestro nuestros otra otro para pero por porque puede que \
         qué se ser si siempre sin sobre son su sus sí también tan tiene todo todos tu un una \
         uno unos ya él",
    ),
    (
        "pt",
        "ainda ao aos apenas as até cada com como da das de dela dele depois do dos ela elas \
         ele eles em entre era essa esse esta este estes está estão eu foi foram há isso isto \
         já lhe mais mas mesmo meu muito na nas nem no nos nossa nossas nosso nossos não nós \
         onde os ou para pela pelas pelo pelos pode por porque quando que quem se sem sempre \
         ser seu seus sobre sua suas são só também tem todos tudo um uma você à às é",
    ),
    (
        "it",
        "agli ai al alla alle allo anche ancora che chi ci come con contro cosa così cui da \
         dagli dai dal dalla dalle degli dei del della delle dello di dove due ed era essere \
         gli ha hanno il in io la le lei li lo loro lui ma mentre mi molto ne negli nei nel \
         nella nelle nello noi non nostra nostre nostri nostro ogni per perché però più poi può \
         quale quando quanto quella quelle quello questa queste questi questo se senza si sia \
         solo sono su sua sue sui sul sulla sulle suo tra tutti tutto un una uno vi è",
    ),
    (
        "nl",
        "aan al alle als altijd andere bij daar dan dat de deze die dit doen door dus een en er \
         gaan geen goed had hebben heeft het hier hij hoe hun ik in is jaar je kan kunnen maar \
         meer men met mijn moet moeten na naar niet niets nog nu of om omdat onder ons onze ook \
         op over te tegen toch toen tot uit van veel voor want waren was wat we wel werd wie \
         wij worden wordt zal ze zeer zich zij zijn zo zonder zou",
    ),
    (
        "sv",
        "alla allt att av bara blev bli blir de dem den denna deras dess det detta dig din du \
         där efter ej eller en er ett från få för genom ha hade han har hennes hon hur här \
         ingen inom inte jag kan kunde man med mellan men mer mest min mot mycket ni nu när \
         något några och om oss på sedan sig sin sina ska skulle som så till under upp ut utan \
         vad var vara varför vem vi vid vilka vilken vår våra vårt än är över",
    ),
    (
        "da",
        "ad af alle alt at blev blive bliver da de dem den denne der deres det dette dig din \
         disse dog du efter eller en end er et for fra få ham han hans har havde hende hendes \
         her hos hun hvad hvis hvor hvordan ikke ind jeg kan kunne man med meget mellem men \
         mere mig min mod når og også om op os over på sig sin skal skulle som sådan til ud \
         under var ved vi vil ville vores være været",
    ),
    (
        "no",
        "alle at av bare ble bli blir da de dem den denne der deres det dette disse du eller en \
         er et etter for fra få før ha hadde han har hun hva hvis hvor hvordan hvorfor ikke inn \
         jeg kan kom kunne man med mellom men mer mot må noe noen når og også om opp oss over \
         på seg selv sin sine skal skulle som så til under ut var ved vi vil ville vår våre \
         være vært å",
    ),
    (
        "fi",
        "ei eikä eivät en ennen eri et että he hän ja jo joita joka jolla jos jossa joten jotka \
         kaikki kanssa koska kuin kuinka kun mihin miksi mikä minä missä miten mitä mukaan \
         mutta muut myös ne niiden niin noin nyt näin ole oli olivat olla on ovat se sekä sen \
         siellä siitä sitä tai tämä tämän tässä vaikka vain vielä voi",
    ),
    (
        "hu",
        "akkor alatt amely amelyek ami az azok azonban azt be csak de ebben egy egyes egyik el \
         ennek ez ezek ezt fel ha hanem hogy hogyan ide ilyen is itt jó kell ki le lesz maga \
         majd meg mert mi minden mindig mint miért most már még nagy nagyon ne nem nincs olyan \
         ott pedig sem sok szerint számára több utolsó után vagy valamint van vannak vele volt \
         voltak és úgy",
    ),
    (
        "ro",
        "aceasta această acest aceste acestea ai al ale am are au cand care ce cel cele cu cum \
         când câte că da dacă dar de deci decât despre din după ea ei el ele este eu fi fie \
         foarte fost fără iar la le li lor lui mai mult ne nici nu ori pe pentru peste poate \
         prin sa sau se si sunt sus toate tot un una unei unui va vor în între și",
    ),
    (
        "pl",
        "albo ale bardzo bez bo by bywa być był była było były co czy dla do gdy gdzie go ich \
         ile im ja jak jako jednak jego jej jest jeszcze jeśli już kiedy kto która które który \
         lub ma mnie może na nad nas nasze nie niż od ona oni oraz po pod ponieważ przed przez \
         przy się są ta tak także tam te tego tej ten to tu tylko tym we wszystkie za ze został \
         że żeby",
    ),
    (
        "cs",
        "aby ale ani asi až bez bude by byl byla bylo být co což dnes do ho jak jako je jeho \
         jej jejich její jen ještě již jsem jsme jsou kde kdo když ke která které který kteří \
         mezi mi mu my mít na nad naše ne nebo nejsou není než nás od on ona oni po pod podle \
         pokud pouze pro proto proč před při se si své ta tak také tato tedy ten to toho tom tu \
         tuto ty už ve vy však všechny za ze že",
    ),
    (
        "ca",
        "això al als amb aquest aquesta aquests bé cada com de del dels des després el ella \
         ells els em en encara entre era eren es estan està et fins ha han has hi jo la les li \
         lo molt més na ni no nosaltres on pel pels per perquè però pot quan que qui què se \
         sense ser seu seus si sobre són també tan tenir tot tots un una uns va vegada és",
    ),
    (
        "tr",
        "acaba ama ancak arasında artık aynı bana bazı ben beri bile bir biri biz bu buna bunu \
         bunun böyle bütün da daha de değil diye dolayı en eğer fakat gibi göre hangi hem henüz \
         hep her herkes hiç ile ise için işte kadar karşı kendi ki kim mi mu mü mı nasıl ne \
         neden niçin olan olarak oldu olduğu olmak olması ona onlar onu onun sadece sonra tüm \
         ve veya ya yani yine yok zaman çok çünkü şey şu",
    ),
    (
        "et",
        "aga ainult edasi ehk ei enam esimene et ette ga iga ilma ja jah juba jälle ka kas \
         kelle kes kogu kui kuid kuidas kus kõik küll läbi ma me meie mida miks millal mille \
         mis mitte mõne nad nagu ne need neid nii ning nüüd oleme oli olid olla oma on peale \
         pole pärast sa seal seda see selle selles sellest siin siis siiski su ta te teda tema \
         väga või üks üle",
    ),
    (
        "id",
        "ada adalah agar akan aku anda apa apakah atau bagaimana bagi bahwa banyak beberapa \
         belum bila bisa bukan dalam dan dapat dari dengan di dia hanya harus ia ini itu jika \
         juga kami karena kata ke kepada kita lagi lain lebih maka masih mengapa mereka namun \
         oleh pada para saat saja sangat saya sebagai sebuah secara sedang sehingga sekarang \
         semua seperti serta setelah setiap sudah tanpa tapi telah tentang terhadap tersebut \
         tetapi tidak untuk yang",
    ),
    (
        "lt",
        "apie ar arba aš be bei bet buvo būti dar daug dėl gali iki ir iš jau jei ji jie jis jo \
         jos jų kad kai kaip kas kiek kur kuri kurie kurios kuris labai mes mūsų nei nes net \
         nors nuo nėra pagal pas per po prie prieš savo su ta tai taip tas tačiau tik to tokia \
         tokios toks tuo už visi viso yra į",
    ),
];

/// For each word its number and the languages that have it, as bits.
static LISTED: LazyLock<HashMap<&str, (usize, u32), FixedState>> = LazyLock::new(|| {
    let mut listed = HashMap::default();
    for (language, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split(' ') {
            let number = listed.len();
            listed.entry(word).or_insert((number, 0)).1 |= 1 << language;
        }
    }
    listed
});

/// The words of a text, counted.
#[derive(Default)]
pub(crate) struct Census {
    /// Words of Latin script.
    pub(crate) words: usize,
    /// Those of them that have a letter with an accent, or a letter that English lacks.
    pub(crate) accented: usize,
    /// Letters of Latin script, and of others.
    latin_letters: usize,
    other_letters: usize,
    /// For each language how many of its function words there are, and how many different ones.
    hits: [usize; WORDS.len()],
    different: [usize; WORDS.len()],
}

impl Census {
    /// The census of a text.
    pub(crate) fn of(text: &str) -> Census {
        let mut census = Census::default();
        let mut seen = vec![false; LISTED.len()];
        let mut lower = String::new();
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            let is_latin = word.is_ascii()
                || word.chars().all(|c| c < '\u{370}' || ('\u{1E00}'..'\u{1F00}').contains(&c));
            let letters =
                if is_latin { &mut census.latin_letters } else { &mut census.other_letters };
            *letters += word.chars().count();
            if is_latin {
                census.count(word, &mut lower, &mut seen);
            }
        }
        census
    }

    fn count(&mut self, word: &str, lower: &mut String, seen: &mut [bool]) {
        self.words += 1;
        lower.clear();
        if word.is_ascii() {
            lower.push_str(word);
            lower.make_ascii_lowercase();
        } else {
            self.accented += 1;
            lower.extend(word.chars().flat_map(char::to_lowercase));
        }
        let Some(&(number, languages)) = LISTED.get(lower.as_str()) else { return };
        let is_new = !std::mem::replace(&mut seen[number], true);
        for language in (0..WORDS.len()).filter(|language| languages >> language & 1 == 1) {
            self.hits[language] += 1;
            self.different[language] += usize::from(is_new);
        }
    }

    /// Whether so much of the text is of another script that it is no quotation.
    pub(crate) fn is_of_other_script(&self) -> bool {
        self.other_letters * 3 > self.latin_letters
    }

    /// How many function words of English there are.
    pub(crate) fn english(&self) -> usize {
        self.hits[0]
    }

    /// How many function words there are of a language that is listed, given by its code.
    pub(crate) fn hits(&self, code: &str) -> Option<usize> {
        let language = WORDS.iter().position(|(known, _)| *known == code)?;
        Some(self.hits[language])
    }

    /// The most function words of a language other than English: how many, and how many different
    /// ones.
    pub(crate) fn most(&self) -> (usize, usize) {
        (1..WORDS.len()).map(|at| (self.hits[at], self.different[at])).max().unwrap_or_default()
    }

    /// The languages other than English that have nearly as many function words there as any.
    pub(crate) fn likely(&self) -> impl Iterator<Item = &'static str> {
        let (most, _) = self.most();
        let is_likely = move |at: &usize| most > 0 && self.hits[*at] * 4 >= most * 3;
        (1..WORDS.len()).filter(is_likely).map(|at| WORDS[at].0)
    }
}
