//! Labels: texts of links that say what sort of thing is linked and not which one.

use crate::dates;

/// Words of which labels consist, in lower case, by language. A text of nothing but such words, as
/// `project page` or `论文链接`, is a label; words within a line need no blanks between them where
/// the language has none.
const WORDS: [&str; 9] = [
    // English.
    " abs abstract acl announcement appendix archive article assignment assignments audio \
     bibtex bio blog book chapter checkpoint checkpoints code course data dataset datasets \
     demo details discussion dlink doc docs documentation doi download downloads epub exam \
     example examples exams feed file files forum fund home homepage homework html info \
     install instructions journal keynote kindle lab labs leaderboard lecture lectures link \
     links list live material materials mirror more mp3 mp4 news none notebook notes official \
     openreview oral page paper papers pdf playground playlist podcast post poster ppt pptx \
     preprint presentation project projects ps reading readings readme recording release repo \
     report repository rss scholar script show site slide slides solution solutions source \
     spotlight src summary supp supplement supplementary syllabus talk textbook thesis \
     transcript tutorial tweet url version video videos web webpage website weight weights wp \
     zip ",
    // Chinese.
    " 主页 代码 仓库 原文 原文链接 地址 官网 官方 官方网站 幻灯片 文档 文章 文章链接 演示 源码 源代码 \
     博客 视频 论文 链接 网站 网址 项目 项目地址 项目主页 点击 这里 此处 点此 点我 查看 详情 更多 下载 \
     开源 数据 数据集 模型 主頁 代碼 連結 鏈接 網站 網址 影片 論文 這裡 下載 官網 微博 知乎 教程 解读 ",
    // Japanese.
    " こちら ここ リンク 公式 公式サイト サイト ホームページ 記事 論文 コード スライド 資料 動画 ブログ \
     詳細 デモ ページ データ モデル ドキュメント 実装 解説 はこちら の ",
    // Korean.
    " 링크 바로가기 여기 공식 홈페이지 사이트 논문 코드 블로그 영상 동영상 슬라이드 자료 문서 보기 소스 \
     다운로드 데이터 데모 깃허브 유튜브 ",
    // Spanish.
    " aquí aqui enlace enlaces sitio página oficial código artículo documento documentación vídeo \
     ver leer descargar presentación ",
    // Portuguese.
    " clique acesse acessar ligação endereço artigo código página documentação leia ler baixar ",
    // French.
    " ici lien liens cliquez site officiel code dépôt documentation vidéo voir lire télécharger \
     diapositives ",
    // German.
    " hier verweis webseite offizielle seite artikel quellcode dokumentation folien ansehen lesen \
     herunterladen ",
    // Russian.
    " ссылка ссылки сайт статья код репозиторий документация видео здесь тут читать подробнее скачать \
     слайды официальный страница ",
];

/// Names of places where things of many sorts lie. They are labels beside the name of a thing, and
/// names where they stand alone. A blank within a name is written `_`.
const PLACES: &str = " arxiv biorxiv colab conda crate crates crates.io dblp discord \
    docker_hub dockerhub facebook gh gist git github gitlab google_colab google_scholar hn hugging_face \
    huggingface ieee instagram linkedin mastodon npm pypi reddit slack telegram twitter \
    vimeo wiki wikipedia www x youtube zenodo ";

/// Words that make no label by themselves: `click here`, `link to the code`, `code 2`.
const FILLERS: &str = " & 1 2 3 4 a an and at available by click clic de del der die das do du el en \
    for full go haz here in la le les listen mais más of on open original plus read see technical \
    the this to view visit watch your zum zur ";

/// Whether a text only says what sort of thing is linked: `code`, `PDF`, a year, an identifier, an
/// address, nothing at all.
pub(crate) fn is_label(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if is_without_name(text) {
        return true;
    }
    // `source code`, `project page`, `read more`, `code (PyTorch)`
    let bare = bare.find('(').filter(|at| *at > 0).map_or(bare.as_str(), |at| &bare[..at]);
    let is_part = |c: char| c.is_whitespace() || "-/,.:+|_·、".contains(c);
    let mut words = bare.split(is_part).filter(|word| !word.is_empty()).peekable();
    is_word(bare)
        || words.peek().is_some()
            && bare.split(is_part).any(|word| is_word(word) || word == "here")
            && words.all(|word| is_word(word) || FILLERS.contains(&format!(" {word} ")))
}

/// Whether a text has no word of any name or sort: an address, a year, an identifier, nothing.
pub(crate) fn is_without_name(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    bare.is_empty() || is_url(text.trim()) || is_identifier(&bare)
}

/// Whether a text is the name of such a place, which can be the name of a thing.
pub(crate) fn is_place(text: &str) -> bool {
    PLACES.contains(&format!(" {} ", text.trim().to_lowercase().replace(' ', "_")))
}

/// Whether a text is an address and nothing else.
pub(crate) fn is_url(text: &str) -> bool {
    let text = text.trim_start_matches(['<', '(', '[']);
    ["http://", "https://", "www."]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        && !text.contains(char::is_whitespace)
}

/// Whether a text is the host of an address, or the address without its scheme: `a.example/b`.
pub(crate) fn is_host_of(text: &str, url: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().to_lowercase();
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        text.strip_prefix("www.").unwrap_or(text).trim_end_matches('/').to_owned()
    };
    let (text, url) = (bare(text), bare(url));
    text.contains('.')
        && url
            .strip_prefix(&text)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#', ':']))
}

/// Whether a text is a year or the name of a paper in an archive: `2019`, `arXiv:1706.03762`,
/// `10.1145/3292500`.
fn is_identifier(bare: &str) -> bool {
    let is_number = |text: &str| {
        let number = text.trim_start_matches([':', ' ', '.']);
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || "./-v".contains(c))
    };
    let is_paper = |text: &str| {
        text.split_once('.').is_some_and(|(month, number)| {
            month.len() == 4 && number.len() > 3 && is_number(month) && is_number(number)
        })
    };
    dates::year(bare).is_some()
        || ["arxiv", "doi"].iter().any(|name| bare.strip_prefix(name).is_some_and(is_number))
        || is_paper(bare)
        || bare.starts_with("10.") && bare.contains('/') && !bare.contains(' ')
}

/// Whether a word is one of those that labels consist of, or several of them where words need no
/// blanks between them.
fn is_word(word: &str) -> bool {
    if word.len() > LONGEST_WORD {
        return false;
    }
    let known = |word: &str| {
        let word = format!(" {} ", word.replace(' ', "_"));
        WORDS.iter().chain([&PLACES]).any(|words| words.contains(&word))
    };
    if known(word) {
        return true;
    }
    !word.is_ascii()
        && word.char_indices().skip(1).any(|(at, _)| {
            let (head, rest) = word.split_at(at);
            !head.is_ascii() && known(head) && is_word(rest)
        })
}

/// Longest word, in bytes.
const LONGEST_WORD: usize = 36;

#[cfg(test)]
mod tests {
    use crate::list::label::{is_host_of, is_label};

    #[test]
    fn labels_say_what_sort_of_thing_is_linked() {
        for label in [
            "Paper",
            "[PDF]",
            "source code",
            "Code (PyTorch)",
            "Paper(Oral)",
            "Project Page",
            "Clique aqui",
            "论文链接",
            "こちら",
            "公式サイト",
            "공식 홈페이지",
            "Lien",
            "hier",
            "2019",
            "arXiv:1706.03762",
            "arXiv 1706.03762v5",
            "10.1145/3292500.3330701",
            "https://a.example/x",
            "Docker Hub",
            "📄",
            "",
            "Link to Course",
            "ссылка",
        ] {
            assert!(is_label(label), "{label}");
        }
        for name in [
            "Paper Trail",
            "Attention is all you need",
            "论文写作",
            "The Data Incubator",
            "C",
            "3D vision",
            "GitHub Actions",
            "Année de service",
            "2019 in review",
        ] {
            assert!(!is_label(name), "{name}");
        }
        assert!(is_host_of("a.example", "https://www.a.example/b"));
        assert!(is_host_of("A.example/b", "http://a.example/b/"));
        assert!(!is_host_of("a.example", "https://a.example.org/"));
    }
}
