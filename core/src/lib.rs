//! The library a block author uses.
