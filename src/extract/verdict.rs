//! Verdicts: what a page is when it is no article.
//!
//! A page is refused only on its own wording and only when little text was found on it, so that an
//! article about captchas or about the status 404 stays an article.

use std::sync::LazyLock;

use scraper::Selector;

use crate::{
    counted::counted,
    extract::{
        article::Article,
        blocks::{Block, BlockKind},
        dom::{Dom, Tag, selector},
        metadata::Metadata,
    },
    html::local_name,
    page::Outcome,
};

static PASSWORD: LazyLock<Selector> = LazyLock::new(|| selector("input[type=password i]"));

/// A page with more text than this is no challenge and no error page.
const MAX_CHALLENGE_CHARS: usize = 1_200;
/// Characters of paragraphs about something else that make a page an article which mentions a wall.
const MIN_PARAGRAPH_CHARS: usize = 80;
/// As [`MIN_PARAGRAPH_CHARS`], where the title is what walls have for one.
const MIN_ARTICLE_CHARS: usize = 250;
/// A page that shows less than this is a shell if it also asks for scripts.
const MAX_SHELL_CHARS: usize = 250;
/// A text below this is no article whatever the page.
const MIN_CHARS: usize = 16;
/// Captions and a note on the author are no longer than this.
const MAX_BIO_CHARS: usize = 800;
/// What stands between the parts of a title.
const SEPARATORS: [char; 6] = ['|', '–', '—', '-', '·', '•'];

const CHALLENGES: &[&str] = &[
    "just a moment...",
    "checking your browser",
    "checking if the site connection is secure",
    "verifying you are human",
    "verify you are human",
    "verify you are a human",
    "verify that you are not a robot",
    "attention required! | cloudflare",
    "access denied",
    "pardon our interruption",
    "request unsuccessful. incapsula",
    "enable javascript and cookies to continue",
    "unusual traffic from your computer",
    "are you a robot?",
    "you have been blocked",
    "ddos protection by",
    "the request could not be satisfied",
    "please complete the security check",
    "403 forbidden",
    "429 too many requests",
    "access to this page has been denied",
    "confirm you are a human",
    "enable js and disable any ad blocker",
    "make sure you're not a robot",
    "dass sie kein roboter sind",
    "que vous n'êtes pas un robot",
    "que no eres un robot",
];

/// Whose scripts and frames on a page without text say that it is a challenge.
const CHALLENGE_MAKERS: &[&str] = &[
    "_incapsula_resource",
    "captcha-delivery.com",
    "challenges.cloudflare.com",
    "hcaptcha.com",
    "px-captcha",
    "px-cloud.net",
];

/// What walls, error pages and parked domains speak of.
const WALL_WORDS: &[&str] = &[
    "captcha",
    "robot",
    "human",
    "verif",
    "security",
    "browser",
    "javascript",
    "cookie",
    "blocked",
    "denied",
    "permission",
    "your access",
    "request",
    "traffic",
    "page",
    "this link",
    "url",
    "address",
    "error",
    "not found",
    "moved",
    "removed",
    "deleted",
    "search",
    "domain",
    "sorry",
    "oops",
    "website",
    "this site",
    "server",
    "maintenance",
    "sign in",
    "log in",
    "account",
    "seite",
    "página",
    "pagina",
    "stránk",
    "strona",
    "sida",
    "страниц",
    "сторінк",
    "ページ",
    "页",
    "頁",
    "페이지",
    "الصفحة",
];

const GONE: &[&str] = &[
    "page not found",
    "page can't be found",
    "page cannot be found",
    "page could not be found",
    "page doesn't exist",
    "page does not exist",
    "page isn't available",
    "page is no longer available",
    "nothing was found at this location",
    "seite nicht gefunden",
    "diese seite existiert nicht",
    "página no encontrada",
    "page introuvable",
    "page non trouvée",
    "page demandée est introuvable",
    "página não encontrada",
    "pagina non trovata",
    "pagina niet gevonden",
    "sidan kunde inte hittas",
    "sidan hittades inte",
    "siden ble ikke funnet",
    "siden blev ikke fundet",
    "sivua ei löytynyt",
    "nie znaleziono strony",
    "strona nie istnieje",
    "stránka nenalezena",
    "az oldal nem található",
    "sayfa bulunamadı",
    "страница не найдена",
    "сторінку не знайдено",
    "ページが見つかりません",
    "页面不存在",
    "找不到页面",
    "頁面不存在",
    "找不到頁面",
    "페이지를 찾을 수 없습니다",
    "الصفحة غير موجودة",
    "the author deleted this",
    "404 error",
    "error 404",
    "404 not found",
    "410 gone",
];

const PARKED: &[&str] = &[
    "this domain is for sale",
    "domain is for sale",
    "buy this domain",
    "this domain has expired",
    "domain is parked",
    "parked free, courtesy of",
    "this web page is parked",
    "interested in this domain",
    "the domain has been registered",
    "domain steht zum verkauf",
    "ce domaine est à vendre",
    "este dominio está en venta",
    "offering it for sale",
    "best source for all of the information you're looking for",
    "account suspended",
    "account has been suspended",
    "default web page for this server",
    "apache2 ubuntu default page",
    "apache2 debian default page",
    "welcome to nginx!",
];

/// A site that is there, but not now.
const OUTAGES: &[&str] = &[
    "under maintenance",
    "down for maintenance",
    "scheduled maintenance",
    "performing maintenance",
    "maintenance mode",
    "be back shortly",
    "be back soon",
    "error establishing a database connection",
    "temporarily unavailable",
    "service unavailable",
    "internal server error",
    "bad gateway",
    "fatal error: uncaught",
    "wartungsarbeiten",
    "en cours de maintenance",
    "site en maintenance",
    "en mantenimiento",
    "em manutenção",
    "in manutenzione",
    "メンテナンス中",
    "系统维护",
    "系統維護",
];

const LOGINS: &[&str] = &[
    "sign in",
    "log in",
    "login",
    "signin",
    "anmelden",
    "iniciar sesión",
    "connexion",
    "se connecter",
    "accedi",
    "entrar",
    "inloggen",
    "logga in",
    "zaloguj",
    "войти",
    "вход",
    "ログイン",
    "登录",
    "登入",
    "로그인",
];

const CONSENTS: &[&str] = &[
    "before you continue",
    "we value your privacy",
    "your privacy choices",
    "bevor sie fortfahren",
    "bevor sie zu",
    "avant de continuer",
    "avant d'accéder",
    "antes de continuar",
    "prima di continuare",
    "voordat je verdergaat",
    "voordat u verdergaat",
];

/// What a page is instead of an article, with the evidence; none when it is one.
pub(crate) fn judge(
    dom: &Dom<'_>,
    metadata: &Metadata,
    article: &Article,
) -> Option<(Outcome, String)> {
    let chars = article.chars();
    let shown: usize = article.blocks.iter().map(|block| block.chars).sum();
    let title = metadata.head_title.to_lowercase().replace('’', "'");
    let heading = dom.all(Tag::Heading(1)).next().map(|id| dom.text(id).to_lowercase());
    let heading = heading.unwrap_or_default().replace('’', "'");
    if chars > MAX_CHALLENGE_CHARS {
        return None;
    }
    let text: String = article.blocks.iter().take(40).map(|b| format!("{}\n", b.text)).collect();
    let text = text.to_lowercase().replace('’', "'");
    // Words that are but a part of a longer title are what an article is about.
    let parts = || [&title, &heading].into_iter().flat_map(|head| head.split(SEPARATORS));
    let in_head = |list: &[&'static str]| {
        let says =
            |part: &str, words: &str| part.contains(words) && part.trim().len() <= 2 * words.len();
        let found = list.iter().copied().find(|words| parts().any(|part| says(part, words)));
        found.filter(|words| other_text(article, words) < MIN_ARTICLE_CHARS)
    };
    let in_text = |list: &[&'static str], limit: usize| {
        let found = list.iter().copied().find(|words| shown <= limit && text.contains(words));
        found.filter(|words| other_text(article, words) < MIN_PARAGRAPH_CHARS)
    };
    if let Some(words) = in_head(CHALLENGES).or_else(|| in_text(CHALLENGES, 600)) {
        return Some((Outcome::Blocked, format!("a bot challenge: “{words}”")));
    }
    let not_found = title.trim() == "404" || heading.trim() == "404" || title.trim() == "not found";
    if let Some(words) = in_head(GONE).or(not_found.then_some("404")).or_else(|| in_text(GONE, 600))
    {
        return Some((Outcome::Gone, format!("an error page: “{words}”")));
    }
    if let Some(words) = in_head(PARKED).or_else(|| in_text(PARKED, 1_200)) {
        return Some((Outcome::Gone, format!("a parked domain: “{words}”")));
    }
    let outage = in_head(OUTAGES).filter(|_| shown <= 600).or_else(|| in_text(OUTAGES, 300));
    if let Some(words) = outage {
        return Some((Outcome::Empty, format!("an outage: “{words}”")));
    }
    let makers = (1..dom.nodes.len()).filter(|_| chars < MAX_SHELL_CHARS).find_map(|id| {
        let source = dom.attr(id, &local_name!("src"))?.to_ascii_lowercase();
        CHALLENGE_MAKERS.iter().find(|maker| source.contains(**maker))
    });
    if let Some(maker) = makers {
        return Some((Outcome::Blocked, format!("a bot challenge: its parts come from `{maker}`")));
    }
    let starts = |list: &[&'static str]| {
        list.iter().copied().find(|words| title.starts_with(words) || heading.starts_with(words))
    };
    let password = || dom.select(dom.all(Tag::Skipped), &PASSWORD).next().is_some();
    if let Some(words) = starts(LOGINS).filter(|_| chars < 400 || password()) {
        return Some((Outcome::Empty, format!("a login page: “{words}”")));
    }
    if let Some(words) = in_head(CONSENTS) {
        return Some((Outcome::Empty, format!("a consent page: “{words}”")));
    }
    if chars < MAX_BIO_CHARS && is_captions_and_bio(article, &title) {
        let reason = "captions and a note on the author, but no body";
        return Some((Outcome::Empty, reason.into()));
    }
    if chars < MAX_SHELL_CHARS && shown < 2 * MAX_SHELL_CHARS {
        let scripts = dom.all(Tag::Script).count();
        let asks = text.contains("enable javascript")
            || text.contains("requires javascript")
            || text.contains("javascript is required")
            || text.contains("javascript is disabled");
        if asks || chars < MIN_CHARS && scripts > 0 {
            return Some((
                Outcome::Empty,
                format!(
                    "a script shell: {} of text and {}",
                    counted(chars, "character"),
                    counted(scripts, "script")
                ),
            ));
        }
    }
    (chars < MIN_CHARS)
        .then(|| (Outcome::Empty, format!("{} of text", counted(chars, "character"))))
}

/// Characters of paragraphs without these words that speak of nothing that walls and error pages speak
/// of: an article may mention one, but none of them tells about something else.
fn other_text(article: &Article, words: &str) -> usize {
    let is_other = |block: &Block| {
        let text = block.text.to_lowercase().replace('’', "'");
        block.is_prose()
            && block.kind != BlockKind::Code
            && block.chars >= 80
            && block.link_share() < 0.3
            && !text.contains(words)
            && !WALL_WORDS.iter().any(|word| text.contains(word))
    };
    let kept = article.blocks.iter().zip(&article.cuts).filter(|(_, cut)| cut.is_none());
    kept.filter(|(block, _)| is_other(block)).map(|(block, _)| block.chars).sum()
}

/// Whether all that was kept are captions and sentences of the form “Ann Example is a …”, of somebody
/// who is not what the title is about.
fn is_captions_and_bio(article: &Article, title: &str) -> bool {
    let is_bio = |text: &str| {
        let name = [" is a ", " is an ", " is the "].iter().find_map(|is| text.split_once(is));
        let words: Vec<&str> = name.map(|(name, _)| name.split(' ').collect()).unwrap_or_default();
        (2..=4).contains(&words.len())
            && words.iter().all(|word| word.starts_with(char::is_uppercase))
            && !words.iter().any(|word| title.contains(&word.to_lowercase()))
    };
    let mut bios = 0;
    let only = article.sections().iter().flat_map(|section| &section.paragraphs).all(|text| {
        bios += usize::from(is_bio(text));
        is_bio(text) || is_caption(text)
    });
    only && bios > 0
}

fn is_caption(text: &str) -> bool {
    ["Figure ", "Fig. ", "Image ", "Photo", "Source: "].iter().any(|word| text.starts_with(word))
}
