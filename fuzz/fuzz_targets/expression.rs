//! Expressions of any text: no panic, spans inside the text, evaluation within bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::source::{SourceFile, Span, Traced};
use portcullis::workflow::expression::{Lookup, Piece, parse, pieces};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("w.yml", text);
    let mut end = 0;
    for piece in pieces(text) {
        let (Piece::Literal(span) | Piece::Expression { span, .. } | Piece::Unterminated(span)) =
            piece;
        assert_eq!(span.start, end);
        end = span.end;
        if let Piece::Expression { inner, .. } = piece {
            check(&Traced::of_file(&file, inner));
        }
    }
    assert_eq!(end as usize, text.len());
    check(&Traced::of_file(&file, Span::of(0..text.len())));
});

fn check(source: &Traced) {
    match parse(source.text()) {
        Ok(expression) => {
            for access in expression.accesses() {
                assert!(source.text().get(access.span.range()).is_some());
            }
            let outcomes = expression.evaluate(source, &|_| Lookup::Unknown);
            assert!(outcomes.values.len() <= 8);
        }
        Err(error) => assert!(source.text().get(error.span.range()).is_some()),
    }
}
