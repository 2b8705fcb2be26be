//! Where each customer stands in the picture.
