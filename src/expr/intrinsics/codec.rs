//! Base64 and hashes.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{Answer, Complaint, as_text, text_of};
use crate::expr::Dice;
use crate::value::Json;

/// The longest text that can be encoded, decoded or hashed, in characters.
const LONGEST: usize = 10_000;

fn limited(text: &str) -> Result<&str, Complaint> {
    if text.chars().count() > LONGEST {
        Err(Complaint::Arguments)
    } else {
        Ok(text)
    }
}

pub(super) fn base64_encode(arguments: &[Json], _: &Dice) -> Answer {
    let text = limited(text_of(&arguments[0])?)?;
    Ok(Json::from(general_purpose::STANDARD.encode(text)))
}

/// Decodes as Java's MIME decoder does: characters that are not of the alphabet are passed over, padding may be missing.
pub(super) fn base64_decode(arguments: &[Json], _: &Dice) -> Answer {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text = limited(text_of(&arguments[0])?)?;
    let mut digits: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect();
    if digits.len() % 4 == 1 {
        // One digit alone makes no byte.
        digits.pop();
    }
    let bytes = LENIENT.decode(digits).map_err(|_| Complaint::Arguments)?;
    Ok(Json::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// What is no text is hashed as its JSON. The name of the algorithm is spelled exactly.
pub(super) fn hash(arguments: &[Json], _: &Dice) -> Answer {
    let data = as_text(&arguments[0]);
    let data = limited(&data)?.as_bytes();
    Ok(Json::from(match text_of(&arguments[1])? {
        "MD5" => hex(&Md5::digest(data)),
        "SHA-1" => hex(&Sha1::digest(data)),
        "SHA-256" => hex(&Sha256::digest(data)),
        "SHA-384" => hex(&Sha384::digest(data)),
        "SHA-512" => hex(&Sha512::digest(data)),
        _ => return Err(Complaint::Arguments),
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(function: fn(&[Json], &Dice) -> Answer, arguments: &[Json]) -> Option<String> {
        function(arguments, &Dice::new(0, 0))
            .ok()
            .map(|value| value.as_str().unwrap().to_owned())
    }

    #[test]
    fn decoding_is_lenient() {
        let decode = |text: &str| call(base64_decode, &[Json::from(text)]);
        assert_eq!(decode("SGVsbG8=").as_deref(), Some("Hello"));
        assert_eq!(decode("SGVsbG8").as_deref(), Some("Hello"));
        assert_eq!(decode(" SGV sbG8=\n").as_deref(), Some("Hello"));
        assert_eq!(decode("S-G_V!sbG8").as_deref(), Some("Hello"));
        assert_eq!(decode("").as_deref(), Some(""));
    }

    #[test]
    fn hashes_are_lower_case_and_names_exact() {
        let hash = |data: Json, name: &str| call(hash, &[data, Json::from(name)]);
        assert_eq!(
            hash(Json::from("abc"), "MD5").as_deref(),
            Some("900150983cd24fb0d6963f7d28e17f72")
        );
        assert_eq!(hash(Json::from(1), "SHA-1"), hash(Json::from("1"), "SHA-1"));
        assert_eq!(hash(Json::from("abc"), "md5"), None);
        assert_eq!(hash(Json::from("x".repeat(10_001)), "MD5"), None);
        assert!(hash(Json::from("x".repeat(10_000)), "MD5").is_some());
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in ".{0,60}") {
            let encoded = call(base64_encode, &[Json::from(text.as_str())]).unwrap();
            prop_assert_eq!(call(base64_decode, &[Json::from(encoded)]).unwrap(), text);
        }

        #[test]
        fn a_hash_is_as_long_as_its_algorithm_says(text in ".{0,60}") {
            for (name, length) in [("MD5", 32), ("SHA-1", 40), ("SHA-256", 64), ("SHA-384", 96), ("SHA-512", 128)] {
                let hash = call(hash, &[Json::from(text.as_str()), Json::from(name)]).unwrap();
                prop_assert_eq!(hash.len(), length);
            }
        }
    }
}
