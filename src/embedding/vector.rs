//! A vector as it is kept and compared: a direction, each number in a byte.

/// The largest magnitude of a number; -128 is not used, so that a vector and its opposite are both
/// there.
const LARGEST: f32 = 127.0;

/// A direction in as many dimensions as the model has, in whole numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector {
    numbers: Box<[i8]>,
    length: f32,
}

impl Vector {
    /// The vector in the direction of these numbers.
    pub(crate) fn of(numbers: &[f32]) -> Vector {
        let largest = numbers.iter().fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
        let rounded = |x: &f32| (x / largest * LARGEST).round() as i8;
        Vector::of_whole(numbers.iter().map(rounded).collect())
    }

    /// The vector that is kept in these bytes, one for each number.
    pub fn from_bytes(bytes: &[u8]) -> Vector {
        Vector::of_whole(bytes.iter().map(|byte| byte.cast_signed()).collect())
    }

    fn of_whole(numbers: Box<[i8]>) -> Vector {
        let squares = numbers.iter().map(|&x| i32::from(x) * i32::from(x)).sum::<i32>();
        Vector { numbers, length: (squares as f32).sqrt() }
    }

    /// The bytes in which it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.numbers.iter().map(|number| number.cast_unsigned()).collect()
    }

    /// The mean of several, each of them as if of length 1; none of none.
    pub(crate) fn mean(vectors: impl IntoIterator<Item = Vector>) -> Option<Vector> {
        let mut sum: Vec<f32> = Vec::new();
        for vector in vectors {
            sum.resize(vector.dimensions(), 0.0);
            let numbers = sum.iter_mut().zip(&vector.numbers);
            numbers.for_each(|(sum, number)| *sum += f32::from(*number) / vector.length.max(1.0));
        }
        (!sum.is_empty()).then(|| Vector::of(&sum))
    }

    /// Its length in whole numbers.
    pub(crate) fn length(&self) -> f32 {
        self.length
    }

    /// The dimensions.
    pub(crate) fn dimensions(&self) -> usize {
        self.numbers.len()
    }

    /// How near another one is: the cosine of the angle between them, 1 for the same direction.
    pub fn cosine(&self, other: &Vector) -> f32 {
        let dot: i32 = self
            .numbers
            .iter()
            .zip(&other.numbers)
            .map(|(&a, &b)| i32::from(a) * i32::from(b))
            .sum();
        ratio(dot, self.length * other.length)
    }

    /// How near the vector is that is kept in these bytes and has this length; none when no vector of
    /// so many numbers, the largest of which is [`LARGEST`], can have it.
    pub(crate) fn cosine_to(&self, bytes: &[u8], length: f32) -> Option<f32> {
        let longest = LARGEST * (bytes.len() as f32).sqrt();
        if length != 0.0 && !(LARGEST..=longest * 1.001).contains(&length) {
            return None;
        }
        // Plain on purpose: 16 hand-made sums took from 4.4 to 20 ms for 100,000 vectors, by how
        // they were inlined; this takes a steady 7.
        let products = self.numbers.iter().zip(bytes);
        let dot = products.map(|(&a, &b)| i32::from(a) * i32::from(b.cast_signed())).sum();
        Some(ratio(dot, self.length * length))
    }
}

/// A vector without length is near nothing.
fn ratio(dot: i32, lengths: f32) -> f32 {
    if lengths > 0.0 { dot as f32 / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use crate::embedding::vector::Vector;

    #[track_caller]
    fn check(a: &[f32], b: &[f32], expected: f32) {
        let (a, b) = (Vector::of(a), Vector::of(b));
        let kept = a.cosine_to(&b.to_bytes(), b.length()).unwrap();
        for cosine in [a.cosine(&b), b.cosine(&a), kept] {
            assert!((cosine - expected).abs() < 0.01, "{a:?} {b:?}: {cosine}");
        }
        assert_eq!(Vector::from_bytes(&a.to_bytes()), a);
    }

    #[test]
    fn vectors_are_compared_by_their_directions() {
        check(&[1.0, 0.0], &[3.0, 0.0], 1.0);
        check(&[1.0, 0.0], &[0.0, 0.2], 0.0);
        check(&[1.0, 1.0], &[-1.0, -1.0], -1.0);
        check(&[0.0, 0.0], &[1.0, 0.0], 0.0);
        check(&[0.6, 0.8], &[0.8, 0.6], 0.96);
    }

    #[test]
    fn a_length_that_no_vector_has_is_damage() {
        let a = Vector::of(&[0.6, 0.8]);
        for length in [1e-20, 1.0, 300.0, f32::NAN, f32::INFINITY, -a.length()] {
            assert_eq!(a.cosine_to(&a.to_bytes(), length), None, "{length}");
        }
    }
}
