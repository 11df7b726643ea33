//! What must be different each time: ids, and the choice between versions.

/// A UUID of the fourth version.
pub(super) fn uuid() -> String {
    let mut bytes: [u8; 16] = random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// A number below that one, which is not 0.
pub(super) fn below(limit: u32) -> u32 {
    // The bias of the remainder is one in forty million for limits of a hundred.
    u32::from_le_bytes(random()) % limit
}

fn random<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)
        .expect("an operating system that runs programs has random numbers for them");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_spelled_as_one_and_new_each_time() {
        let id = uuid();
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'));
        assert_ne!(id, uuid());
        assert!(below(3) < 3);
    }
}
