//! Any bytes: no panic, detections in order and apart, and nothing of a key in what is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::secret::{Detector, Encoding};

static DETECTOR: Detector = Detector::new();

fuzz_target!(|text: &[u8]| {
    let found = DETECTOR.scan(text);
    for pair in found.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start);
    }
    for detection in &found {
        let token = &text[detection.span.range()];
        assert!(detection.redacted.chars().count() <= 24);
        // What was found in a decoded text has the length and the ends that it has there.
        if detection.encoding != Encoding::Plain {
            continue;
        }
        assert_eq!(detection.length as usize, token.len());
        if let Some((prefix, end)) = detection.redacted.split_once('…') {
            assert!(token.starts_with(prefix.as_bytes()) && token.ends_with(end.as_bytes()));
            assert!(prefix.len() <= 15 && end.len() <= 2);
        }
    }
});
