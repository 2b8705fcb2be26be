//! What all dates of a column together say about their order.

use super::{Day, Order, Written};

/// What all dates of a column together say about their order.
#[derive(Clone, Debug)]
pub(crate) struct DateFacts {
    /// Cells built like a date.
    pub(crate) dates: usize,
    open: usize,
    first_above_12: usize,
    second_above_12: usize,
    dotted: usize,
    short_years: usize,
    zoned: usize,
    /// Values of the first and second number, one bit each.
    firsts: u32,
    seconds: u32,
    /// Earliest and latest day, day first and month first.
    spans: [(f64, f64); 2],
}

impl Default for DateFacts {
    fn default() -> Self {
        DateFacts {
            dates: 0,
            open: 0,
            first_above_12: 0,
            second_above_12: 0,
            dotted: 0,
            short_years: 0,
            zoned: 0,
            firsts: 0,
            seconds: 0,
            spans: [(f64::INFINITY, f64::NEG_INFINITY); 2],
        }
    }
}

impl DateFacts {
    pub(crate) fn add(&mut self, date: &Written) {
        self.dates += 1;
        self.short_years += usize::from(date.short_year);
        self.zoned += usize::from(date.zoned);
        if !date.open {
            return;
        }
        self.open += 1;
        self.first_above_12 += usize::from(date.first > 12);
        self.second_above_12 += usize::from(date.second > 12);
        self.dotted += usize::from(date.mark == '.');
        self.firsts |= 1 << date.first;
        self.seconds |= 1 << date.second;
        for (span, order) in self.spans.iter_mut().zip([Order::DayFirst, Order::MonthFirst]) {
            if let Day::Exists(day) = date.day(order) {
                *span = (span.0.min(day), span.1.max(day));
            }
        }
    }

    /// Adds what other cells of the column say.
    pub(crate) fn join(&mut self, other: &DateFacts) {
        self.dates += other.dates;
        self.open += other.open;
        self.first_above_12 += other.first_above_12;
        self.second_above_12 += other.second_above_12;
        self.dotted += other.dotted;
        self.short_years += other.short_years;
        self.zoned += other.zoned;
        self.firsts |= other.firsts;
        self.seconds |= other.seconds;
        for (span, others) in self.spans.iter_mut().zip(other.spans) {
            *span = (span.0.min(others.0), span.1.max(others.1));
        }
    }

    /// The order that the column proves, if it does.
    pub(crate) fn proven(&self) -> Option<Order> {
        match self.first_above_12.cmp(&self.second_above_12) {
            std::cmp::Ordering::Greater => Some(Order::DayFirst),
            std::cmp::Ordering::Less => Some(Order::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The order of the column, the phrase that says why, and whether it is a guess. `elsewhere` is what other
    /// columns of the file prove; `comma` whether the file has decimal commas.
    pub(crate) fn order(&self, elsewhere: Option<Order>, comma: bool) -> (Order, String, bool) {
        let name = |order| match order {
            Order::DayFirst => "day/month/year",
            Order::MonthFirst => "month/day/year",
        };
        let (order, why, guess) = if self.open == 0 {
            (Order::DayFirst, String::new(), false)
        } else if let Some(order) = self.proven() {
            let proof = self.first_above_12.max(self.second_above_12);
            let place = if order == Order::DayFirst {
                "first"
            } else {
                "second"
            };
            (order, format!("{proof} have a {place} number above 12"), false)
        } else if self.dotted == self.open {
            (Order::DayFirst, "written with dots".to_owned(), false)
        } else if let Some(order) = elsewhere {
            (order, "as in another column".to_owned(), true)
        } else {
            let span = |i: usize| self.spans[i].1 - self.spans[i].0;
            let (order, why) = if self.firsts == 1 << 1 && self.seconds != 1 << 1 {
                (Order::DayFirst, "they would all be the first of a month")
            } else if self.seconds == 1 << 1 && self.firsts != 1 << 1 {
                (Order::MonthFirst, "they would all be the first of a month")
            } else if span(0) < span(1) {
                (Order::DayFirst, "the other order would spread them wider")
            } else if span(1) < span(0) {
                (Order::MonthFirst, "the other order would spread them wider")
            } else if comma {
                (Order::DayFirst, "the file has decimal commas")
            } else {
                (Order::MonthFirst, "nothing speaks for the other order")
            };
            (order, why.to_owned(), true)
        };
        let mut phrases = Vec::new();
        if self.open > 0 {
            let assumed = if guess { "assumed to be " } else { "" };
            phrases.push(format!("dates {assumed}{} ({why})", name(order)));
        }
        if self.short_years > 0 {
            phrases.push("years of two digits taken as 1969 to 2068".to_owned());
        }
        if self.zoned > 0 {
            phrases.push("times with a zone taken as UTC".to_owned());
        }
        (order, phrases.join("; "), guess)
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn the_whole_column_decides_whether_the_day_comes_first() {
        let facts = |cells: &[&str]| {
            let mut facts = DateFacts::default();
            cells.iter().for_each(|c| facts.add(&read(c).expect("a date")));
            facts
        };
        let order = |cells: &[&str]| facts(cells).order(None, false);
        assert_eq!(order(&["01/02/2024", "13/02/2024"]).0, Order::DayFirst);
        assert_eq!(order(&["01/02/2024", "02/13/2024"]).0, Order::MonthFirst);
        assert_eq!(order(&["01.02.2024", "03.04.2024"]).0, Order::DayFirst);
        // First days of months, and days of one February.
        assert_eq!(order(&["01/02/2024", "01/03/2024"]).0, Order::DayFirst);
        assert_eq!(order(&["02/01/2024", "03/01/2024"]).0, Order::MonthFirst);
        assert_eq!(order(&["05/02/2024", "09/02/2024"]).0, Order::DayFirst);
        let (_, why, guess) = order(&["05/02/2024", "09/02/2024"]);
        assert!(guess);
        assert_eq!(
            why,
            "dates assumed to be day/month/year (the other order would spread them wider)"
        );
    }
}
