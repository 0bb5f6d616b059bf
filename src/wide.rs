//! Arithmetic with the widest vectors that the processor has.

/// Work whose loops gain from wide vectors.
pub(crate) trait Wide {
    /// What comes of it.
    type Output;

    /// Does the work. This, and what its loops call, is to be marked `#[inline(always)]`: a function with a body of its own is
    /// compiled for the narrow vectors that every processor has, and so is an iterator's or a closure's.
    fn run(self) -> Self::Output;
}

/// Does `work`, with AVX2 where there is such. The result is the same everywhere: the wide instructions work on more numbers
/// at a time, but in the order that is written, and no two operations are fused.
#[inline]
pub(crate) fn wide<W: Wide>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn with_avx2<W: Wide>(work: W) -> W::Output {
            work.run()
        }
        // SAFETY: the processor has AVX2, which is all that the function asks for.
        return unsafe { with_avx2(work) };
    }
    work.run()
}
