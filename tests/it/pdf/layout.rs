//! The order of a page: what was drawn how, and is read as words and lines.

use super::{
    check_text, file,
    fonts::{codes, wide_font},
    page,
};

/// Lines of a paragraph, the first of them at a height.
fn paragraph(left: f32, base: f32, lines: &[&str]) -> String {
    let mut content = format!("BT /F 11 Tf {left} {base} Td 14 TL ");
    lines.iter().for_each(|line| content.push_str(&format!("({line}) Tj T* ")));
    content + "ET\n"
}

const LINES: &[&str] = &[
    "Pots that cool in a draught show a net of fine",
    "cracks after a week, and those that stay in the",
    "closed kiln until noon show hardly any of them.",
];
const READ: &str = "Pots that cool in a draught show a net of fine cracks after a week, and those \
    that stay in the closed kiln until noon show hardly any of them.";

#[track_caller]
fn check(content: &str, expected: &str) {
    check_text(&file(content.as_bytes(), "", &[]), expected);
}

#[test]
fn letters_that_are_drawn_twice_are_read_once() {
    let body = paragraph(72.0, 600.0, LINES);
    let expected = format!("# A slow kiln\n{READ}");
    let title = |x: f32, y: f32| format!("BT /F 18 Tf {x} {y} Td (A slow kiln) Tj ET\n");
    let shifted = "BT /F 18 Tf 72 700 Td (A slow kiln) Tj 0.2 0 Td (A slow kiln) Tj ET\n";
    check(&format!("{shifted}{body}"), &expected);
    check(&format!("{body}{body}{}", title(72.0, 700.0)), &expected);
    let four = [(72.0, 700.0), (72.0, 700.3), (72.3, 700.0), (72.3, 700.3)];
    let four: String = four.iter().map(|(x, y)| title(*x, *y)).collect();
    check(&format!("{four}{body}"), &expected);
    // Letter by letter, and word by word.
    let letters = [("A", 72.0), ("s", 89.0), ("l", 98.0), ("o", 102.0), ("w", 112.0)];
    let kiln = [("kiln", 130.0)];
    let twice: String = letters
        .iter()
        .chain(&kiln)
        .map(|(text, x)| format!("BT /F 18 Tf {x} 700 Td ({text}) Tj ET\n").repeat(2))
        .collect();
    check(&format!("{twice}{body}"), &expected);
    check(&paragraph(72.0, 600.0, &["mamma mia, illicit willing"]), "mamma mia, illicit willing");
}

#[test]
fn accents_that_stand_above_their_letters_join_them() {
    // Helvetica's own accent, which is a third of an em wide, over letters and a capital.
    let line = "BT /F 11 Tf 72 700 Td [(nur f) 110 (\\310) 444 (ur gr) 110 (\\310) 444 (une Kr) 110 (\\310) 444 (uge)] TJ ET\n";
    let capital = "BT /F 11 Tf 72 686 Td (und ) Tj 2.2 Ts (\\310) Tj 0 Ts [500 (Uber alles)] TJ ET";
    check(&format!("{line}{capital}"), "nur f\u{fc}r gr\u{fc}ne Kr\u{fc}ge und \u{dc}ber alles");
}

#[test]
fn a_column_with_many_formulas_is_a_column() {
    let right = paragraph(320.0, 700.0, &[LINES, LINES, LINES].concat());
    let left = paragraph(72.0, 700.0, LINES);
    let formulas: String = (0..8)
        .map(|row| {
            let base = 650 - 14 * row;
            format!(
                "BT /F 11 Tf 100 {base} Td (x + y) Tj ET BT /F 11 Tf 200 {base} Td (= z) Tj ET\n"
            )
        })
        .collect();
    let content = format!("{left}{formulas}{right}");
    let text = super::read(&file(content.as_bytes(), "", &[])).content.text();
    assert!(text.starts_with(&format!("{READ}\n")), "{text}");
    assert!(text.ends_with(&format!("{READ}\n")), "{text}");
}

#[test]
fn a_large_first_letter_belongs_to_its_word() {
    let title = "BT /F 18 Tf 72 740 Td (A slow kiln) Tj ET\n";
    let rest = ["ots that cool in a draught show a net of", LINES[1], LINES[2]];
    let expected = format!("# A slow kiln\n{}", READ.replace("of fine", "of"));
    let beside = paragraph(98.0, 640.0, &rest[..2]) + &paragraph(72.0, 612.0, &rest[2..]);
    check(&format!("{title}BT /F 34 Tf 72 626 Td (P) Tj ET\n{beside}"), &expected);
    check(&format!("{title}{beside}BT /F 34 Tf 72 626 Td (P) Tj ET\n"), &expected);
    let raised = paragraph(94.0, 640.0, &rest[..1]) + &paragraph(72.0, 626.0, &rest[1..]);
    check(&format!("{title}BT /F 30 Tf 72 640 Td (P) Tj ET\n{raised}"), &expected);
    let quoted = format!("# A slow kiln\n\\\"{}", READ.replace("of fine", "of")).replace('\\', "");
    let cap = "BT /F 34 Tf 61 626 Td (\"P) Tj ET\n";
    check(&format!("{title}{cap}{beside}"), &quoted);
    // A word of one letter.
    let word = paragraph(102.0, 640.0, &["pot that cools in a draught shows a net of"])
        + &paragraph(98.0, 626.0, &LINES[1..2])
        + &paragraph(72.0, 612.0, &LINES[2..]);
    let expected =
        expected.replace("Pots that cool in a draught show", "A pot that cools in a draught shows");
    check(&format!("{title}BT /F 34 Tf 72 626 Td (A) Tj ET\n{word}"), &expected);
}

#[test]
fn letters_that_stand_apart_are_words() {
    let body = paragraph(72.0, 600.0, LINES);
    let title = format!("# THE SLOW KILN\n{READ}");
    check(&format!("BT /F 14 Tf 6 Tc 72 720 Td (THE SLOW KILN) Tj 0 Tc ET {body}"), &title);
    check(&format!("BT /F 14 Tf 14 Tc 72 720 Td (THE SLOW KILN) Tj 0 Tc ET {body}"), &title);
    let array = "[(T) -400 (H) -400 (E) -900 (S) -400 (L) -400 (O) -400 (W) -900 (K) -400 (I) -400 (L) -400 (N)]";
    check(&format!("BT /F 14 Tf 72 720 Td {array} TJ ET {body}"), &title);
    // A heading, which is no author either.
    let heading = format!("# A slow kiln\nABSTRACT\n{READ}");
    let title = "BT /F 18 Tf 72 720 Td (A slow kiln) Tj ET\n";
    check(&format!("{title}BT /F 11 Tf 72 650 Td (A B S T R A C T) Tj ET {body}"), &heading);
    let letters: String = "ABSTRACT"
        .chars()
        .enumerate()
        .map(|(at, letter)| format!("BT /F 11 Tf {} 650 Td ({letter}) Tj ET\n", 72 + 12 * at))
        .collect();
    check(&format!("{title}{letters}{body}"), &heading);
    // Variables are no words.
    check(
        &paragraph(72.0, 600.0, &["a b c d are four corners", "x y z"]),
        "a b c d are four corners x y z",
    );
}

#[test]
fn letters_of_two_sizes_are_small_capitals() {
    let body = paragraph(72.0, 600.0, LINES);
    let title = "BT /F 18 Tf 72 720 Td (S) Tj /F 14 Tf (LOW) Tj ET BT /F 18 Tf 123 720 Td (K) Tj /F 14 Tf (ILNS) Tj ET\n";
    let heading = "BT /F 11 Tf 72 640 Td (I) Tj /F 8.8 Tf (NTRODUCTION) Tj ET\n";
    check(&format!("{title}{heading}{body}"), &format!("# SLOW KILNS\nINTRODUCTION\n{READ}"));
}

#[test]
fn a_raised_letter_that_is_moved_into_its_word_belongs_to_it() {
    let logo = "BT /F 11 Tf 72 700 Td [(L) 360] TJ 2.3 Ts /F 8 Tf [(A) 150] TJ 0 Ts /F 11 Tf \
        [(T) 166] TJ -2.3 Ts [(E) 125] TJ 0 Ts (X and the notes of others) Tj ET";
    check(logo, "LATEX and the notes of others");
    // The mark of a note stands behind its word.
    check(
        "BT /F 11 Tf 72 700 Td (Kilns) Tj 4 Ts /F 7 Tf (12) Tj 0 Ts /F 11 Tf ( are slow to cool) Tj ET",
        "Kilns 12 are slow to cool",
    );
}

#[test]
fn numbers_of_lines_are_left_out() {
    let lines = [LINES, LINES].concat();
    let body = paragraph(72.0, 700.0, &lines);
    let expected = format!("{READ} {READ}");
    let number = |number: usize, left: f32, size: f32| {
        format!("BT /F {size} Tf {left} {} Td ({number}) Tj ET\n", 714 - 14 * number)
    };
    let all =
        |left: f32, size: f32| (1..=6).map(move |at| number(at, left, size)).collect::<String>();
    check(&format!("{body}{}", all(50.0, 8.0)), &expected);
    check(&format!("{}{body}", all(40.0, 11.0)), &expected);
    check(&format!("{body}{}", all(500.0, 8.0)), &expected);
    let mixed: String = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            number(at + 1, 40.0, 11.0) + &paragraph(72.0, 700.0 - 14.0 * at as f32, &[line])
        })
        .collect();
    check(&mixed, &expected);
    // Every fifth line.
    let long: Vec<&str> = LINES.iter().copied().cycle().take(24).collect();
    let fifths: String = (1..=4).map(|at| number(5 * at, 40.0, 8.0)).collect();
    let text = [READ; 8].join(" ");
    check(&format!("{}{fifths}", paragraph(72.0, 700.0, &long)), &text);
    // The first column of a table stays.
    let rows = [("F 11", 72.0, 650.0, "1"), ("F 11", 110.0, 650.0, "Celadon glaze in a kiln")];
    check_text(&file(&page(&rows), "", &[]), "1\tCeladon glaze in a kiln");
}

#[test]
fn text_from_right_to_left_is_read_in_the_order_of_its_letters() {
    let check = |content: &str, expected: &str| {
        check_text(&file(content.as_bytes(), "", &wide_font("Identity-H", 500)), expected);
    };
    let seen = |x: f32, y: f32, words: &str| {
        let seen: String = words.chars().rev().collect();
        format!("BT /G 12 Tf {x} {y} Td <{}> Tj ET\n", codes(&seen))
    };
    let (one, two) = (
        "\u{5d4}\u{5db}\u{5d1}\u{5e9}\u{5df} \u{5de}\u{5ea}\u{5e7}\u{5e8}\u{5e8}",
        "\u{5dc}\u{5d0}\u{5d8} \u{5de}\u{5d0}\u{5d5}\u{5d3}",
    );
    check(&(seen(300.0, 700.0, one) + &seen(312.0, 684.0, two)), &format!("{one} {two}"));
    // A number keeps its order, brackets open where they are read first.
    let number = format!(
        "BT /G 12 Tf 300 700 Td <{}> Tj ET",
        codes("(\u{5d1}\u{5d0}) \u{5d8}\u{5d0}\u{5dc} 1250 \u{5df}\u{5e9}\u{5d1}\u{5db}\u{5d4}")
    );
    check(
        &number,
        "\u{5d4}\u{5db}\u{5d1}\u{5e9}\u{5df} 1250 \u{5dc}\u{5d0}\u{5d8} (\u{5d0}\u{5d1})",
    );
    // Each cell of a row goes its own way.
    let cell = format!("BT /G 12 Tf 150 700 Td <{}> Tj ET\n", codes("\\kiln"));
    check(&(seen(300.0, 700.0, two) + &cell), &format!("{two}\t\\kiln"));
    // Words, and letters, that were drawn in the order in which they are read.
    check(
        &(seen(330.0, 700.0, "\u{5d4}\u{5db}\u{5d1}\u{5e9}\u{5df}")
            + &seen(294.0, 700.0, "\u{5de}\u{5ea}\u{5e7}\u{5e8}\u{5e8}")),
        one,
    );
    let letters: String = "\u{5d4}\u{5db}\u{5d1}\u{5e9}\u{5df}"
        .chars()
        .enumerate()
        .map(|(at, letter)| seen(330.0 - 6.0 * at as f32, 700.0, &letter.to_string()))
        .collect();
    let rest = seen(200.0, 680.0, two);
    check(&(letters + &rest), &format!("\u{5d4}\u{5db}\u{5d1}\u{5e9}\u{5df}\n{two}"));
    // Arabic in the shapes that its letters have within a word.
    check(
        &seen(
            300.0,
            700.0,
            "\u{fee3}\u{feae}\u{fea3}\u{feb2} \u{fed7}\u{fea9}\u{fef3}\u{fee2} \u{fe91}\u{fef4}\u{fe96}",
        ),
        "\u{645}\u{631}\u{62d}\u{633} \u{642}\u{62f}\u{64a}\u{645} \u{628}\u{64a}\u{62a}",
    );
}

#[test]
fn columns_from_top_to_bottom_are_read_from_right_to_left() {
    let columns = [
        "\u{7aaf}\u{306e}\u{6e29}\u{5ea6}\u{3092}\u{6e2c}\u{308b}\u{4eba}\u{304c}\u{3044}\u{308b}\u{306e}\u{3067}",
        "\u{3086}\u{3063}\u{304f}\u{308a}\u{51b7}\u{307e}\u{3059}\u{3068}\u{3088}\u{3044}\u{3067}\u{3059}\u{3002}",
    ];
    let expected = columns.concat();
    let at = |at: usize| 400 - 20 * at;
    let columns_of = |shown: &dyn Fn(usize, &str) -> String| -> String {
        columns.iter().enumerate().map(|(number, column)| shown(at(number), column)).collect()
    };
    let whole =
        columns_of(&|x, column| format!("BT /G 12 Tf {x} 700 Td <{}> Tj ET\n", codes(column)));
    check_text(&file(whole.as_bytes(), "", &wide_font("Identity-V", 1000)), &expected);
    let single = columns_of(&|x, column| {
        let letters = column.chars().enumerate();
        letters
            .map(|(row, letter)| {
                let base = 700 - 12 * row;
                format!("BT /G 12 Tf {x} {base} Td <{}> Tj ET\n", codes(&letter.to_string()))
            })
            .collect()
    });
    check_text(&file(single.as_bytes(), "", &wide_font("Identity-H", 1000)), &expected);
}

#[test]
fn turned_pages_and_turned_parts_of_pages_are_read() {
    let body = paragraph(72.0, 500.0, LINES);
    let turned = format!("q 0 1 -1 0 612 0 cm {body} Q");
    for turn in [0, 90, 180, 270] {
        let page = format!(
            "<</Type /Page /Parent 2 0 R /Rotate {turn} /Contents 4 0 R \
             /Resources <</Font <</F 5 0 R>>>>>>"
        );
        for content in [&body, &turned] {
            check_text(&file(content.as_bytes(), "", &[(3, page.clone().into())]), READ);
        }
    }
    // A table across the page; less than that is a stamp.
    let long = paragraph(72.0, 700.0, &[LINES, LINES].concat());
    let table = "q 0 1 -1 0 300 0 cm BT /F 11 Tf 72 100 Td 14 TL (Celadon) Tj T* (Tenmoku) Tj T* (Shino) Tj T* (Raku) Tj ET Q";
    check(&format!("{long}{table}"), &format!("{READ} {READ}\nCeladon Tenmoku Shino Raku"));
    let stamp = "q 0 1 -1 0 300 0 cm BT /F 11 Tf 72 100 Td (Received in May) Tj ET Q";
    check(&format!("{long}{stamp}"), &format!("{READ} {READ}"));
}
