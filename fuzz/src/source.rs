//! Chance that can be repeated.

/// Numbers from a seed (SplitMix64).
pub struct Source(u64);

impl Source {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x51_7C_C1_B7_27_22_0A_95)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to a bound, which is not in it and not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A text with up to so many characters of an alphabet.
    pub fn text(&mut self, alphabet: &[char], longest: usize) -> String {
        let length = self.below(longest + 1);
        (0..length).map(|_| self.pick(alphabet)).collect()
    }

    /// A text with a few characters taken out, put in, or replaced.
    pub fn mutated(&mut self, text: &str, alphabet: &[char]) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(2) {
            let at = self.below(characters.len() + 1);
            match self.below(3) {
                0 if at < characters.len() => drop(characters.remove(at)),
                1 if at < characters.len() => characters[at] = self.pick(alphabet),
                _ => characters.insert(at, self.pick(alphabet)),
            }
        }
        characters.into_iter().collect()
    }
}
