//! Freed memory on its way back to the system.

/// Gives memory that is free back to the system, as far as the allocator knows how.
///
/// The articles of a corpus are many small pieces, between which the allocator keeps what was freed for more such pieces. What
/// training allocates next is large: without this, 20 Newsgroups takes 165 MB instead of 133, in the same time.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the function takes no pointer, may be called at any time from any thread, and touches only what is free.
    unsafe {
        libc::malloc_trim(0);
    }
}
