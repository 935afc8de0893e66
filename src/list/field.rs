//! Fields: what a column of a table, a key of a record or the beginning of a line says of an entry.

use std::{collections::HashMap, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char::decompose_canonical};

/// The field of an entry that a column or a `key: value` line gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldRole {
    Title,
    Link,
    Description,
    Date,
    Company,
    Tags,
}

/// The role of a column header or key in English, Chinese, Japanese, Korean, Spanish, Portuguese,
/// French or German; none when it is unknown.
///
/// Case, accents, white space and signs do not count, so that `Date added`, `date_added` and
/// `dateAdded` are one name. What stands in brackets or behind a slash counts when nothing else does.
pub(crate) fn role_of(name: &str) -> Option<FieldRole> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let first = || name.split(['(', '（', '[', '/', '／']).next().unwrap_or_default();
    role_of_key(&compact(name)).or_else(|| role_of_key(&compact(first())))
}

/// A name without case, accents, white space and signs.
pub(crate) fn compact(name: &str) -> String {
    if name.is_ascii() {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        return letters.map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut out = String::with_capacity(name.len());
    for c in name.nfkc().filter(|c| c.is_alphanumeric()) {
        let mut base = None;
        // Only of Latin letters: what an accent is to them makes another letter of the kana.
        match c {
            '\0'..='\u{24f}' => decompose_canonical(c, |part| base = base.or(Some(part))),
            _ => base = Some(c),
        }
        out.extend(base.unwrap_or(c).to_lowercase());
    }
    out
}

/// Longest name that is looked up, in bytes.
const LONGEST_NAME: usize = 80;

fn role_of_key(key: &str) -> Option<FieldRole> {
    static KNOWN: LazyLock<HashMap<&str, FieldRole>> = LazyLock::new(|| {
        let names =
            ROLES.iter().flat_map(|(role, names)| names.split(' ').map(|name| (name, *role)));
        names.collect()
    });
    let role = |key: &str| KNOWN.get(key).copied();
    role(key).or_else(|| role(key.strip_suffix('s')?))
}

/// The names of each role in compact form, in the order of the languages.
const ROLES: [(FieldRole, &str); 6] = [
    (
        FieldRole::Title,
        "title name article paper post blogpost talk book course question project tool resource \
         library api headline giventitle resolvedtitle pagetitle articletitle papertitle booktitle \
         posttitle linktitle documenttitle projectname toolname papername bookname \
         标题 内容 文章 论文 名称 题目 项目 资源 工具 书名 书籍 论文名称 论文标题 文章标题 项目名称 \
         標題 內容 論文 名稱 題目 書名 書籍 書 \
         タイトル 題名 記事 名前 名称 論文名 記事名 論文タイトル 資料 リソース ツール プロジェクト 件名 \
         제목 이름 글 논문 논문명 기사 문서 자료 도구 프로젝트 책 도서 명칭 \
         titulo nombre articulo proyecto herramienta recurso libro curso \
         nome artigo projeto projecto ferramenta livro \
         titre nom projet outil ressource livre cours \
         titel artikel beitrag projekt werkzeug buch kurs bezeichnung uberschrift ueberschrift",
    ),
    (
        FieldRole::Link,
        "link url uri href address website permalink sourceurl pageurl weburl originalurl givenurl \
         resolvedurl articleurl linkurl paperurl externalurl canonicalurl bookmarkurl websiteurl \
         siteurl documenturl posturl articlelink paperlink webaddress \
         链接 地址 网址 网站 原文链接 论文链接 文章链接 项目链接 鏈接 連結 網址 網站 \
         リンク リンク先 アドレス ウェブサイト \
         링크 주소 웹사이트 \
         enlace vinculo direccion sitioweb paginaweb \
         endereco ligacao \
         lien adresse siteweb \
         verweis webseite webadresse internetadresse verknupfung verknuepfung",
    ),
    (
        FieldRole::Description,
        "description desc summary abstract abstractnote excerpt note comment about selection \
         extended annotation \
         描述 简介 说明 备注 摘要 介绍 评论 簡介 說明 備註 介紹 評論 \
         説明 概要 備考 要約 紹介 解説 メモ コメント \
         설명 요약 비고 소개 메모 개요 초록 \
         descripcion resumen nota comentario \
         descricao resumo observacao observacoes \
         resume commentaire remarque \
         beschreibung zusammenfassung notiz kommentar anmerkung bemerkung",
    ),
    (
        FieldRole::Date,
        "date year time timestamp published publishedat publisheddate publishedon publishdate \
         publishingdate publicationdate publicationyear dateofpublication yearofpublication \
         yearpublished datepublished pubdate releasedate releaseyear issued posted postedat postedon \
         dateposted created createdat createdon createddate createdtime creationdate datecreated \
         added addedat addedon addeddate dateadded timeadded saved savedat savedon saveddate \
         datesaved bookmarkedat updated updatedat updateddate dateupdated lastupdated modified \
         modifiedat datemodified lastmodified \
         时间 日期 年份 年 发布时间 发布日期 发表时间 发表年份 出版年份 添加时间 创建时间 收藏时间 保存时间 \
         更新时间 時間 發布時間 發布日期 發表時間 出版年 建立時間 新增時間 \
         日付 日時 公開年 公開日 公開日時 発表年 発表日 発行年 発行日 出版年月日 年度 作成日 作成日時 追加日 \
         追加日時 登録日 登録日時 保存日 掲載日 更新日 更新日時 \
         날짜 연도 년도 시간 일자 출판연도 출판년도 출판일 발행일 발행연도 발표연도 공개일 게시일 작성일 등록일 \
         추가일 저장일 수정일 \
         fecha ano publicado creado anadido agregado guardado fechadepublicacion anodepublicacion \
         fechadecreacion \
         criado criadoem publicadoem adicionado adicionadoem salvo salvoem datadepublicacao \
         anodepublicacao datadecriacao \
         annee publie publiele cree creele ajoute ajoutele datedajout datedepublication \
         anneedepublication enregistre \
         datum jahr veroffentlicht veroffentlichtam veroffentlichungsdatum erscheinungsjahr \
         erscheinungsdatum erstellt erstelltam hinzugefugt hinzugefugtam gespeichert gespeichertam",
    ),
    (
        FieldRole::Company,
        "company companies companyname organization organisation org publisher institute \
         institution affiliation employer vendor \
         公司 机构 单位 企业 组织 厂商 公司名称 機構 單位 企業 組織 \
         会社 会社名 企業名 開発元 提供元 発行元 所属 機関 \
         회사 회사명 기업 기관 소속 조직 개발사 \
         empresa organizacion institucion compania \
         organizacao instituicao companhia \
         entreprise societe compagnie \
         firma unternehmen einrichtung",
    ),
    (
        FieldRole::Tags,
        "tag topic keyword label category categories documenttag manualtag \
         标签 分类 类别 关键词 领域 方向 主题 標籤 分類 類別 關鍵詞 領域 主題 \
         タグ カテゴリ カテゴリー 分野 キーワード トピック ジャンル ラベル \
         태그 분류 카테고리 주제 분야 키워드 \
         etiqueta categoria tema palabraclave palabrasclave \
         topico assunto palavrachave palavraschave \
         etiquette categorie theme motcle motscles \
         schlagwort schlagworte schlagworter stichwort stichworter kategorie kategorien thema themen",
    ),
];

#[cfg(test)]
mod tests {
    use crate::list::field::{FieldRole, compact, role_of};

    #[track_caller]
    fn check(names: &[&str], expected: Option<FieldRole>) {
        for name in names {
            assert_eq!(role_of(name), expected, "{name} ({})", compact(name));
        }
    }

    #[test]
    fn names_are_known_in_eight_languages() {
        check(
            &["Title", "标题", "タイトル", "제목", "Título", "Titre", "Titel", "Artigo", "論文"],
            Some(FieldRole::Title),
        );
        check(
            &["URL", "链接", "リンク", "링크", "Enlace", "Endereço", "Lien", "Webseite"],
            Some(FieldRole::Link),
        );
        check(
            &["Note", "简介", "説明", "설명", "Descripción", "Descrição", "Résumé", "Beschreibung"],
            Some(FieldRole::Description),
        );
        check(
            &[
                "Year Published",
                "发布时间",
                "公開年",
                "출판연도",
                "Año",
                "Ano",
                "Année",
                "Veröffentlicht am",
            ],
            Some(FieldRole::Date),
        );
        check(
            &["Institute", "机构", "開発元", "회사", "empresa", "Organização", "Société", "Firma"],
            Some(FieldRole::Company),
        );
        check(
            &[
                "Topic",
                "关键词",
                "タグ",
                "태그",
                "Etiquetas",
                "Palavras-chave",
                "Mots-clés",
                "Thema",
            ],
            Some(FieldRole::Tags),
        );
    }

    #[test]
    fn case_blanks_and_signs_do_not_count() {
        check(
            &["created_at", "createdAt", "Created At", "CREATED-AT", "Date (added)", "📅 Date:"],
            Some(FieldRole::Date),
        );
        check(&["Tag(s)", "TAGS", "Topics / Themes", "ｔａｇｓ"], Some(FieldRole::Tags));
    }

    #[test]
    fn other_names_have_no_role() {
        check(&["", "s", "/", "Stars", "data", "読む", &"title".repeat(40)], None);
    }
}
