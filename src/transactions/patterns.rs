//! Products that are left out, and those that look as if they should be.

/// Patterns of products: `POST`, `GIFT*`, `?` for one character; in any case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns {
    patterns: Vec<Vec<char>>,
}

impl Patterns {
    pub(crate) fn new(patterns: &[String]) -> Patterns {
        let patterns = patterns.iter().map(|p| p.trim()).filter(|p| !p.is_empty());
        Patterns {
            patterns: patterns.map(|p| p.to_lowercase().chars().collect()).collect(),
        }
    }

    pub(crate) fn fits(&self, product: &str) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let text: Vec<char> = product.to_lowercase().chars().collect();
        self.patterns
            .iter()
            .any(|p| crate::columns::names::matches(p, &text))
    }
}

/// Codes and words of lines that are no goods, in lower case.
const SERVICES: &[&str] = &[
    "post",
    "dot",
    "c2",
    "m",
    "d",
    "s",
    "b",
    "bank charges",
    "amazonfee",
    "cruk",
    "pads",
    "postage",
    "shipping",
    "versand",
    "versandkosten",
    "porto",
    "envio",
    "envío",
    "livraison",
    "freight",
    "delivery",
    "carriage",
    "fee",
    "discount",
    "manual",
    "adjust",
    "adjust2",
    "adjust bad debt",
    "bad debt",
    "samples",
];

/// Whether the product looks like postage, a fee or an adjustment of debt.
pub(crate) fn looks_like_service(product: &str) -> bool {
    // Codes of goods are longer than the short ones and hold digits; words are few.
    if product.len() > 16 {
        return false;
    }
    SERVICES.iter().any(|s| s.eq_ignore_ascii_case(product))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_in_any_case() {
        let patterns = Patterns::new(&[
            "POST".to_owned(),
            "gift*".to_owned(),
            "D?T".to_owned(),
            " ".to_owned(),
        ]);
        for (product, fits) in [
            ("post", true),
            ("Gift_0001", true),
            ("DOT", true),
            ("POSTER", false),
            ("", false),
        ] {
            assert_eq!(patterns.fits(product), fits, "{product}");
        }
        assert!(looks_like_service("Bank Charges") && !looks_like_service("85123A"));
    }
}
