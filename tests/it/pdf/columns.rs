//! Columns, tables and blocks side by side: what the widths of lines do not tell, the order tells in
//! which they are drawn.

use super::{check_text, file};

/// Lines one below the other, the first of them at a height.
fn lines(left: f32, base: f32, lines: &[&str]) -> String {
    let mut content = format!("BT /F 10 Tf {left} {base} Td 12 TL ");
    lines.iter().for_each(|line| content.push_str(&format!("({line}) Tj T* ")));
    content + "ET\n"
}

/// Two columns that are drawn row by row.
fn rows(places: [f32; 2], rows: &[[&str; 2]]) -> String {
    let drawn = rows.iter().enumerate().flat_map(|(row, cells)| {
        let base = 700.0 - 12.0 * row as f32;
        places.iter().zip(cells).map(move |(left, cell)| lines(*left, base, &[cell]))
    });
    drawn.collect()
}

#[track_caller]
fn check(content: &str, expected: &[&str]) {
    check_text(&file(content.as_bytes(), "", &[]), &expected.join("\n"));
}

const LEFT: [&str; 6] = [
    "Pots that cool in a draught show a net of fine",
    "cracks after a week, and those that stay in the",
    "closed kiln until noon show hardly any of them,",
    "whichever of the four glazes they were given by",
    "the people who had to carry them up to the yard",
    "where an old kiln is fired on every other night.",
];
const RIGHT: [&str; 6] = [
    "None of this is new: each potter has heard of it,",
    "and each has lost a shelf of bowls to the wind at",
    "some time. What was not known is how long a kiln",
    "has to stay closed, and whether it helps to open",
    "it by a hand before it is cold. We have asked ten",
    "potters to do so, and have counted their cracks.",
];

#[test]
fn columns_are_read_one_after_the_other_however_they_are_drawn() {
    let expected = [&*LEFT.join(" "), &*RIGHT.join(" ")];
    check(&(lines(72.0, 700.0, &LEFT) + &lines(320.0, 700.0, &RIGHT)), &expected);
    let pairs: Vec<[&str; 2]> = LEFT.into_iter().zip(RIGHT).map(<[_; 2]>::from).collect();
    check(&rows([72.0, 320.0], &pairs), &expected);
    // The end of a text: most of the second column is empty.
    let short = lines(72.0, 700.0, &LEFT) + &lines(320.0, 700.0, &RIGHT[..3]);
    check(&short, &[&LEFT.join(" "), &RIGHT[..3].join(" ")]);
}

#[test]
fn a_column_of_narrow_lines_is_a_column() {
    let labels = ["Kiln", "noon", "dawn", "dusk", "Yard", "Fig. 1"];
    let figure: String = (0..)
        .zip(labels)
        .map(|(row, label)| lines(340.0 + 9.0 * row as f32, 700.0 - 12.0 * row as f32, &[label]))
        .collect();
    let content = lines(72.0, 700.0, &LEFT) + &figure;
    let expected = format!("{}\n{}", LEFT.join(" "), labels.join(" "));
    let text = super::read(&file(content.as_bytes(), "", &[])).content.text();
    assert_eq!(text.replace('\n', " ").trim_end(), expected.replace('\n', " "));
}

#[test]
fn rows_of_a_table_with_wide_cells_stay_together() {
    let table = [
        ["to open the kiln by a hand", "the lid is lifted before it is cold, by one brick"],
        ["to close it after opening it", "never"],
        ["to fire it again", "only when all glazes have dried in the sun"],
        ["to sweep it", "each time, with a broom"],
        ["to carry bowls up to the yard", "two at a time"],
        ["to count", "on the seventh day, in the light of the morning"],
        ["to glaze the lid of a pot", "as its rim"],
    ];
    let expected: Vec<String> = table.iter().map(|cells| cells.join("\t")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&rows([72.0, 300.0], &table), &expected);
}

#[test]
fn names_side_by_side_keep_their_places() {
    let writers = [
        (100.0, ["Ann Example", "University of Clay", "ann@clay.example"]),
        (262.0, ["Bo Sample Exemplar", "Institute of Kilns", "bo@kilns.example"]),
        (430.0, ["Cy Instance", "School of Glazes", "cy@glazes.example"]),
    ];
    let title = "BT /F 18 Tf 230 760 Td (On slow kilns) Tj ET\n";
    let names: String = writers.iter().map(|(left, block)| lines(*left, 736.0, block)).collect();
    let body = lines(72.0, 680.0, &LEFT) + &lines(320.0, 680.0, &RIGHT);
    let text =
        super::read(&file(format!("{title}{names}{body}").as_bytes(), "", &[])).content.text();
    let text = text.replace('\n', " ");
    for (_, block) in writers {
        assert!(text.contains(&block.join(" ")), "{text}");
    }
    assert!(text.trim_end().ends_with(&[LEFT.join(" "), RIGHT.join(" ")].join(" ")), "{text}");
}

#[test]
fn numbers_of_lines_beside_two_columns_are_left_out() {
    let numbers: String = (0..6)
        .map(|row| {
            let base = 700.0 - 12.0 * row as f32;
            let number = |left: f32, number: usize| {
                format!("BT /F 6 Tf {left} {base} Td ({number}) Tj ET\n")
            };
            number(50.0, row + 1) + &number(560.0, row + 59)
        })
        .collect();
    let columns = lines(72.0, 700.0, &LEFT) + &lines(320.0, 700.0, &RIGHT);
    let expected = [&*LEFT.join(" "), &*RIGHT.join(" ")];
    check(&(columns.clone() + &numbers), &expected);
    check(&(numbers + &columns), &expected);
}

#[test]
fn three_columns_of_short_rows_are_read_one_after_the_other() {
    let columns = [
        ["open", "lift the lid", "close", "lower the lid", "fire", "light the wood"],
        ["sweep", "use a broom", "glaze", "dip the bowl", "carry", "two at a time"],
        ["count", "seventh day", "stack", "rim to rim", "rest", "until it is cold"],
    ];
    let content: String = (0..)
        .zip(columns)
        .flat_map(|(at, column)| {
            let left = 72.0 + 170.0 * at as f32;
            (0..).zip(column).map(move |(cell, text)| {
                lines(left + 50.0 * (cell % 2) as f32, 700.0 - 12.0 * (cell / 2) as f32, &[text])
            })
        })
        .collect();
    let rows = columns.iter().flat_map(|column| column.chunks(2)).map(|row| row.join("\t"));
    let rows: Vec<String> = rows.collect();
    check(&content, &rows.iter().map(String::as_str).collect::<Vec<_>>());
}
