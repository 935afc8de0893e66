//! Tests of threads, of which every post is text, and of comments below an article, which are none.

use crate::extract::{page, prose};

const NAMES: [&str; 6] = ["Ann", "Bob", "Cyd", "Dan", "Eve", "Fay"];

/// Posts of a form in which `NAME`, `N` and `BODY` stand for what differs.
fn posts(form: &str, count: usize) -> String {
    let post = |n: usize| {
        let body = format!(
            "<p>Reply {n} says that the boring store is the one to take, and that the other one is worth \
             a look when it has grown.</p>"
        );
        form.replace("BODY", &body).replace("NAME", NAMES[n]).replace("#N", &(n + 1).to_string())
    };
    (0..count).map(post).collect()
}

/// How programs show posts: each with writer, day and text.
const FORMS: [&str; 5] = [
    "<div class='post p#N'><div class=author><a href=/user/#N>NAME</a><span>Veteran</span></div><span \
     class=date>March #N, 2021</span><div class=content>BODY</div><span>#N Likes</span></div>",
    "<div class='row#N'><b class=username>NAME</b> <time datetime=2021-03-0#N>#N days ago</time><i>\
     Veteran</i><div class=text>BODY</div></div>",
    "<table class=border><tr><td>0#N-03-2021, 10:05 AM</td></tr><tr><td><a class=bigusername \
     href=member.php?u=#N>NAME</a><div>Veteran</div></td><td><div class=post_message>BODY</div></td></tr>\
     </table>",
    "<article class=message><aside><h4><a href=/members/#N>NAME</a></h4><h5 class=userTitle>Veteran</h5>\
     </aside><div class=main><header><time datetime=2021-03-0#N>Mar #N</time></header><div class=text>BODY\
     </div></div></article>",
    "<div class=athing><span class=hnuser>NAME</span> <span>#N hours ago</span> <i>Veteran</i><div \
     class=commtext>BODY</div></div>",
];

#[track_caller]
fn check(body: &str, present: &[&str], absent: &[&str]) {
    let html = format!("<title>Which store? | Kiln Talk</title><body>{body}</body>");
    let text = page(html.as_bytes()).content.text();
    for words in present {
        assert!(text.contains(words), "no `{words}` of {body}: {text}");
    }
    for words in absent {
        assert!(!text.contains(words), "`{words}` is kept of {body}: {text}");
    }
}

#[test]
fn posts_with_writers_and_days_are_a_thread() {
    for form in FORMS {
        for count in [2, 3, 6] {
            let posts = posts(form, count);
            let last = format!("Reply {}", count - 1);
            let body = format!("<main><h1>Which store?</h1><div>{posts}</div></main>");
            check(&body, &["Reply 0", &last], &["Veteran", "Likes"]);
            let body = format!("<h1>Which store?</h1><div class=comments>{posts}</div>");
            check(&body, &["Reply 0", &last], &[]);
        }
    }
}

#[test]
fn what_is_quoted_above_an_answer_is_read_once() {
    let quoted = "<div class=quoted><p>Reply 0 says that the boring store is the one to take, and that the \
                  other one is worth a look when it has grown.</p></div>";
    let form = |quoted: &str| {
        format!(
            "<li class=post><span class=user>NAME</span><time>March #N, 2021</time>{quoted}<div class=body>\
             BODY</div></li>"
        )
    };
    let answers = posts(&form(quoted), 5);
    let first = posts(&form(""), 1);
    let answers = &answers[answers.find("</li>").expect("there are items") + 5..];
    let html = format!("<h1>Which store?</h1><ul>{first}{answers}</ul>");
    let text = page(html.as_bytes()).content.text();
    assert_eq!(text.matches("Reply 0").count(), 1, "{text}");
    assert!(text.contains("Reply 4"), "{text}");
}

#[test]
fn comments_below_an_article_are_no_thread() {
    for form in FORMS {
        for paragraphs in [3, 6] {
            let article =
                format!("<h1>Which store?</h1><p>By Ann Example</p>{}", prose(paragraphs));
            let comments = format!("<div class=comments>{}</div>", posts(form, 6));
            check(
                &format!("<main><article>{article}</article>{comments}</main>"),
                &["Paragraph 2"],
                &["Reply"],
            );
            check(
                &format!("<main><article>{article}{comments}</article></main>"),
                &["Paragraph 2"],
                &["Reply"],
            );
        }
    }
}

#[test]
fn entries_with_titles_of_their_own_are_a_listing() {
    let form = "<div class=entry><h2><a href=/#N>What store #N does</a></h2><span class=author>NAME</span>\
                <time>March #N, 2021</time><div class=text>BODY</div></div>";
    check(
        &format!("<main><h1>Kiln Talk</h1>{}</main>", posts(form, 4)),
        &["What store 1 does", "What store 4 does", "Reply 3"],
        &[],
    );
}

#[test]
fn reviews_below_their_heading_are_no_text() {
    let review = "<div class=x#N><b>NAME</b><span>#N days ago</span>BODY</div>";
    for heading in ["Comments", "Customer reviews (12)", "3 thoughts on “Which store?”"] {
        let below = format!("<h2>{heading}</h2><div>{}</div>", posts(review, 4));
        check(
            &format!("<div><h1>Which store?</h1>{}{below}</div>", prose(4)),
            &["Paragraph 3"],
            &["Reply"],
        );
    }
    let dated = "<h2>Review process</h2><ul><li>March 3, 2021: the kiln is looked at, and a note of it is \
                 made.<li>March 5, 2021: the note is read, and then the kiln is fired.</ul>";
    check(&format!("<div><h1>Which store?</h1>{}{dated}</div>", prose(4)), &["is fired"], &[]);
}
