//! Tests of what a page is told to be.

use mlsearch::page::Outcome;

use crate::extract::{check_outcome, page, prose};

#[test]
fn a_bot_wall_is_no_article() {
    for html in [
        r##"<title>Just a moment...</title><body><h1>blog.example</h1><p>Verifying you are human. This may take a few seconds.</p><p>blog.example needs to review the security of your connection before proceeding.</p>"##,
        r##"<title>Access denied | blog.example used Cloudflare to restrict access</title><body><h1>Error 1020</h1><h2>Access denied</h2><p>This website is using a security service to protect itself from online attacks.</p>"##,
        r##"<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1><p>You are unable to access blog.example</p>"##,
        r##"<title>blog.example</title><body><p id="cmsg">Please enable JS and disable any ad blocker</p><script>var dd={"rt":"c","host":"geo.captcha-delivery.com"}</script><script src="https://ct.captcha-delivery.com/c.js"></script></body>"##,
        r##"<title>Access to this page has been denied.</title><h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><p>Reference ID 1234-5678</p>"##,
        r##"<title>blog.example</title><h1>Before we continue...</h1><p>Press &amp; Hold to confirm you are a human (and not a bot).</p><p>Reference ID 3d1c</p>"##,
        r##"<TITLE>Access Denied</TITLE><BODY><H1>Access Denied</H1>You don't have permission to access "http://blog.example/" on this server.<P>Reference #18.2d351ab8.1557333295.a4e16ab</BODY>"##,
        r##"<head><META NAME="robots" CONTENT="noindex,nofollow"></head><body><iframe src="/_Incapsula_Resource?SWUDNSAI=31">Request unsuccessful. Incapsula incident ID: 877000170187</iframe></body>"##,
        r##"<title>Robot Check</title><h4>Enter the characters you see below</h4><p>Sorry, we just need to make sure you're not a robot. For best results, please make sure your browser is accepting cookies.</p>"##,
        r##"<title>Sicherheitsprüfung</title><p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>"##,
        r##"<title>https://a.example/</title><p>Our systems have detected unusual traffic from your computer network. This page checks to see if it's really you sending the requests, and not a robot.</p>"##,
        r##"<title>429 Too Many Requests</title><h1>429 Too Many Requests</h1><p>nginx</p>"##,
    ] {
        check_outcome(html, Outcome::Blocked);
    }
}

#[test]
fn an_error_page_or_a_parked_domain_is_gone() {
    for html in [
        r##"<title>Blog</title><h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p>"##,
        r##"<title>Seite nicht gefunden – Blog</title><p>Die gesuchte Seite gibt es nicht mehr.</p>"##,
        r##"<title>Page non trouvée</title><p>La page demandée est introuvable.</p>"##,
        r##"<title>Página no encontrada</title><p>Lo sentimos.</p>"##,
        r##"<title>Pagina non trovata</title><p>La pagina che cerchi non esiste.</p>"##,
        r##"<title>Pagina niet gevonden</title><p>Sorry.</p>"##,
        r##"<title>ページが見つかりません</title><p>お探しのページは見つかりませんでした。移動または削除された可能性があります。</p>"##,
        r##"<title>页面不存在</title><p>您访问的页面不存在或已被删除。请返回首页继续浏览。</p>"##,
        r##"<title>Страница не найдена</title><p>К сожалению, такой страницы нет.</p>"##,
        r##"<title>Nie znaleziono strony</title><p>Strona nie istnieje albo została usunięta.</p>"##,
        r##"<title>페이지를 찾을 수 없습니다</title><p>요청하신 페이지가 존재하지 않습니다. 주소를 확인하세요.</p>"##,
        r##"<title>Sidan kunde inte hittas</title><p>Sidan finns inte längre.</p>"##,
        r##"<title>Sayfa bulunamadı</title><p>Aradığınız sayfa artık yok.</p>"##,
        r##"<title>Medium</title><h1>Out of nothing, something.</h1><p>PAGE NOT FOUND. You can find (just about) anything on Medium.</p>"##,
        r##"<title>User deactivated or deleted their account — 410</title><p>The author deleted this story.</p>"##,
        r##"<title>blog.example</title><p>This domain is for sale!"##,
        r##"<title>blog.example</title><p>This Web page is parked FREE, courtesy of GoDaddy.</p>"##,
        r##"<title>Account Suspended</title><h1>Account Suspended</h1><p>This account has been suspended. Contact your hosting provider for more information.</p>"##,
        r##"<h1>It works!</h1><p>This is the default web page for this server. The web server software is running but no content has been added, yet.</p>"##,
        r##"<title>blog.example steht zum Verkauf</title><p>Diese Domain steht zum Verkauf. Jetzt Angebot abgeben.</p>"##,
        r##"<title>blog.example - blog Resources and Information.</title><p>blog.example is your first and best source for all of the information you’re looking for. From general topics to more of what you would expect to find here, blog.example has it all.</p>"##,
        r##"<title>blog.example</title><p>The owner of blog.example is offering it for sale for an asking price of 999 USD! This page is provided by Sedo.</p>"##,
    ] {
        check_outcome(html, Outcome::Gone);
    }
}

#[test]
fn a_consent_login_or_shell_page_is_empty() {
    for html in [
        r##"<title>Before you continue to Example</title><p>We use cookies and data to deliver and maintain our services, track outages and protect against spam.</p><button>Reject all</button><button>Accept all</button>"##,
        r##"<title>Bevor Sie fortfahren</title><p>Wir verwenden Cookies und Daten, um unsere Dienste bereitzustellen.</p>"##,
        r##"<title>blog.example</title><h1>Under maintenance</h1><p>We are currently performing scheduled maintenance. We will be back shortly.</p>"##,
        r##"<p>Fatal error: Uncaught PDOException: SQLSTATE[HY000] [2002] No such file or directory in /var/www/html/index.php:12</p>"##,
        r##"<title>Sign in - Wiki</title><form><input type=password></form><p>Use your account."##,
        r##"<title>Connexion</title><form><input name=u><input type=password></form><p>Saisissez votre mot de passe.</p>"##,
        r##"<title>Example</title><h1>Log in to continue</h1><form><input type=password></form><p>New here? Create an account.</p>"##,
        r##"<title>App</title><div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>"##,
        r##"<title>App</title><div id=app>Loading...</div><script src=a.js></script>"##,
        r##"<title>Scaling Search at Example</title><article><h1>Scaling Search at Example</h1><figure><img src=a><figcaption>Figure 1: Architecture of the system</figcaption></figure><figure><img src=b><figcaption>Figure 2: Latency over the course of a day</figcaption></figure><figure><img src=c><figcaption>Figure 3: Number of nodes</figcaption></figure><div class="author-bio"><img src=x><h3>Ann Author</h3><p>Ann Author is a staff engineer on the search team at Example. She likes bicycles.</p></div></article>"##,
    ] {
        check_outcome(html, Outcome::Empty);
    }
}

#[test]
fn an_article_about_walls_and_errors_is_an_article() {
    for title in [
        "Are you a robot? How captchas work",
        "Before you continue: a history of cookie banners",
        "Designing a page not found page",
        "How Cloudflare blocks bots",
        "Login forms that work",
        "Service unavailable: a post-mortem",
        "Scheduled maintenance without tears",
        "Fixing “Access denied” in S3",
        "What “Just a moment...” means for crawlers",
    ] {
        let html =
            format!("<title>{title} | Blog</title><article><h1>{title}</h1>{}</article>", prose(6));
        check_outcome(&html, Outcome::Ok);
    }
}

/// The language found in a text that says that it is in another one.
#[track_caller]
fn check_language(text: &str, expected: &str) {
    let text = format!("<p>{}</p>", text.repeat(6));
    let html = format!("<html lang=en><article>{text}</article></html>");
    assert_eq!(page(html.as_bytes()).content.language.as_deref(), Some(expected));
}

#[test]
fn the_text_says_its_language_whatever_the_page_declares() {
    check_language("Ein Modell, das im Betrieb ist, sieht Daten, die niemand erwartet hat. ", "de");
    check_language("Un modèle déployé rencontre des données que personne n’avait vues. ", "fr");
    check_language("Модель в эксплуатации видит данные, которых никто не ожидал. ", "ru");
    check_language("機械学習のモデルは、運用中に誰も見たことのないデータに出会います。", "ja");
    check_language("部署后的模型会遇到从未见过的数据，误差会慢慢变大。", "zh");
    check_language("배포된 모델은 아무도 본 적이 없는 데이터를 만나게 됩니다. ", "ko");
    check_language("يواجه النموذج بعد نشره بيانات لم يرها أحد من قبل وتزداد أخطاؤه ببطء. ", "ar");
    check_language("मॉडल तैनात होने के बाद ऐसे डेटा से मिलता है जिसे किसी ने नहीं देखा है। ", "hi");
    check_language("Το μοντέλο συναντά δεδομένα που κανείς δεν έχει δει ποτέ πριν. ", "el");
    check_language("המודל פוגש נתונים שאיש לא ראה קודם לכן והשגיאות שלו גדלות לאט. ", "he");
}
