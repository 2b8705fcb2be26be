//! Which column is what: by its name, or as asked.

use super::settings::Roles;
use crate::columns::date;
use crate::columns::missing::{Presence, presence};
use crate::columns::names::{among, find, id_strength, says_date, shortened, words};
use crate::columns::number::looks_like_number;
use crate::error::{Error, Result};
use crate::message::{Setting, message};

/// The place of each role's column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    pub(crate) customer: usize,
    pub(crate) date: usize,
    pub(crate) order: Option<usize>,
    pub(crate) amount: Option<usize>,
    pub(crate) quantity: Option<usize>,
    pub(crate) price: Option<usize>,
    pub(crate) product: Option<usize>,
    pub(crate) category: Option<usize>,
    pub(crate) channel: Option<usize>,
    pub(crate) event: Option<usize>,
    pub(crate) discounts: Vec<usize>,
    pub(crate) currency: Option<usize>,
}

const NUMBERS: &str =
    "id ids no nr num number nummer code key uid uuid guid ref reference numero num numéro nro";
const ORDERS: &str = "order orders invoice invoices basket receipt bill transaction trans tran purchase bestellung \
    bestell auftrag auftrags rechnung rechnungs beleg bon commande facture pedido factura ordine fattura ticket \
    checkout invoiceno orderid";
const AMOUNTS: &str = "amount amt total revenue sales spend spent umsatz betrag montant importe valor value turnover \
    monetary gmv summe sum dollars totale ventas";
const NO_AMOUNTS: &str = "discount disc rabatt tax vat mwst shipping cost costs count qty quantity number id score points \
    unit price type category channel margin stock";
const QUANTITIES: &str = "quantity qty quant units pieces items menge anzahl stück stueck stk cantidad quantité quantite \
    qte quantità quantita unidades";
const PRICES: &str = "price unitprice preis einzelpreis stückpreis prix precio prezzo";
const PRODUCTS: &str = "product products prod item sku article stock stockcode artikel produkt producto produit prodotto \
    ean upc asin isbn gtin merchandise cds";
const CATEGORIES: &str = "category categories cat department dept kategorie warengruppe produktgruppe categoria categoría \
    catégorie commodity assortment";
const CHANNELS: &str = "channel kanal vertriebskanal canal canale medium";
const EVENTS: &str = "event events activity action ereignis evento événement evenement interaction";
const DISCOUNTS: &str =
    "discount disc discounts rabatt coupon promo promotion remise descuento sconto voucher";
const CURRENCIES: &str = "currency curr währung waehrung moneda devise valuta ccy monnaie";
const MOMENTS: &str = "order invoice purchase transaction trans tran basket sale event bestell kauf rechnung auftrag \
    invoicedate orderdate timestamp date datum fecha data bestelldatum rechnungsdatum kaufdatum";
const OTHER_DATES: &str = "birth birthday birthdate dob geburtsdatum created updated modified joined since signup \
    registered ship shipped shipping delivery delivered due lieferdatum update";

/// Finds the columns among `names`; `sample` are the first rows. What the flags say wins.
///
/// # Errors
/// Flags that name no column; a file in which nothing names the customers, or no column holds dates.
pub(crate) fn places(
    source: &str,
    names: &[String],
    sample: &[Vec<String>],
    asked: &Roles,
    reading: &mut Vec<String>,
) -> Result<Places> {
    let mut place = |wanted: &Option<String>, setting| {
        asked_for(wanted.as_deref(), setting, names, reading).map_err(|e| e.in_file(source))
    };
    let customer = place(&asked.customer, Setting::Customer)?;
    let date = place(&asked.date, Setting::Date)?;
    let order = place(&asked.order, Setting::Order)?;
    let amount = place(&asked.amount, Setting::Amount)?;
    let quantity = place(&asked.quantity, Setting::Quantity)?;
    let price = place(&asked.price, Setting::Price)?;
    let product = place(&asked.product, Setting::Product)?;
    let category = place(&asked.category, Setting::Category)?;
    let channel = place(&asked.channel, Setting::Channel)?;
    let event = place(&asked.event, Setting::Event)?;
    let discount = place(&asked.discount, Setting::Discount)?;
    let currency = place(&asked.currency, Setting::Currency)?;

    let look = Look { names, sample };
    let all = [
        customer, date, order, amount, quantity, price, product, category, channel, event, discount, currency,
    ];
    let mut free = Free::after(&all, &look);
    // The surest names first: who is taken cannot be taken for something else.
    let date = (free.take(date, |c| look.date(c)))
        .ok_or_else(|| missing(source, names, "holds dates", Setting::Date))?;
    let customer = (free.take(customer, |c| look.customer(c)))
        .ok_or_else(|| missing(source, names, "names the customers", Setting::Customer))?;
    let order = free.take(order, |c| look.identifier(c, ORDERS));
    let product = free.take(product, |c| look.identifier(c, PRODUCTS));
    let category = free.take(category, |c| look.label(c, CATEGORIES));
    let channel = free.take(channel, |c| look.label(c, CHANNELS));
    let event = free.take(event, |c| look.label(c, EVENTS));
    let currency = free.take(currency, |c| look.label(c, CURRENCIES));
    let discounts = free.take_all(discount, |c| look.number(c, DISCOUNTS, ""));
    let both_asked = matches!((quantity, price), (Asked::Column(_), Asked::Column(_)));
    let quantity = free.take(quantity, |c| look.number(c, QUANTITIES, ""));
    let price = free.take(price, |c| look.number(c, PRICES, "total"));
    let amount = free.take(amount, |c| look.number(c, AMOUNTS, NO_AMOUNTS));
    Ok(Places {
        customer,
        date,
        order,
        // Who names a quantity and a price means their product.
        amount: amount.filter(|_| !both_asked || asked.amount.is_some()),
        quantity,
        price,
        product,
        category,
        channel,
        event,
        discounts,
        currency,
    })
}

#[derive(Clone, Copy)]
enum Asked {
    Nothing,
    NoColumn,
    Column(usize),
}

/// The column that `wanted` names, by its name or its number.
fn asked_for(
    wanted: Option<&str>,
    setting: Setting,
    names: &[String],
    reading: &mut Vec<String>,
) -> Result<Asked> {
    let Some(wanted) = wanted else {
        return Ok(Asked::Nothing);
    };
    if !names.iter().any(|n| n == wanted) {
        if wanted == "none" {
            return Ok(Asked::NoColumn);
        }
        if let Some(number) = wanted
            .parse::<usize>()
            .ok()
            .filter(|n| (1..=names.len()).contains(n))
        {
            return Ok(Asked::Column(number - 1));
        }
    }
    find(wanted, names, setting, reading).map(Asked::Column)
}

fn missing(source: &str, names: &[String], what: &str, setting: Setting) -> Error {
    Error::data(format!("no column {what} as far as its name tells"))
        .in_file(source)
        .hint(message![
            "name it with ",
            setting,
            format!(
                ", by its name or its number; the columns are {}",
                shortened(names)
            )
        ])
}

/// The columns that have no role yet.
struct Free<'a> {
    look: &'a Look<'a>,
    taken: Vec<usize>,
}

impl<'a> Free<'a> {
    fn after(asked: &[Asked], look: &'a Look<'a>) -> Self {
        let column = |asked: &Asked| match asked {
            Asked::Column(c) => Some(*c),
            _ => None,
        };
        Free {
            look,
            taken: asked.iter().filter_map(column).collect(),
        }
    }

    /// The column that was asked for; where nothing was, the one of the greatest strength.
    fn take(&mut self, asked: Asked, strength: impl Fn(usize) -> u32) -> Option<usize> {
        match asked {
            Asked::Column(c) => Some(c),
            Asked::NoColumn => None,
            Asked::Nothing => {
                let best = self.look.strongest(&self.taken, strength)?;
                self.taken.push(best);
                Some(best)
            }
        }
    }

    /// As `take`, with every column of any strength.
    fn take_all(&mut self, asked: Asked, strength: impl Fn(usize) -> u32) -> Vec<usize> {
        let found = match asked {
            Asked::Column(c) => vec![c],
            Asked::NoColumn => Vec::new(),
            Asked::Nothing => (0..self.look.names.len())
                .filter(|c| !self.taken.contains(c))
                .filter(|&c| strength(c) > 0)
                .collect(),
        };
        self.taken.extend(&found);
        found
    }
}

struct Look<'a> {
    names: &'a [String],
    sample: &'a [Vec<String>],
}

impl Look<'_> {
    /// The column of the greatest strength above 0; of equals the first by name, so that the order of columns is none
    /// of its business.
    fn strongest(&self, taken: &[usize], strength: impl Fn(usize) -> u32) -> Option<usize> {
        (0..self.names.len())
            .filter(|c| !taken.contains(c))
            .map(|c| (strength(c), c))
            .filter(|&(s, _)| s > 0)
            .min_by(|a, b| b.0.cmp(&a.0).then_with(|| self.names[a.1].cmp(&self.names[b.1])))
            .map(|(_, c)| c)
    }

    fn cells(&self, c: usize) -> impl Iterator<Item = &str> {
        self.sample
            .iter()
            .filter_map(move |row| row.get(c).map(|x| x.trim()))
            .filter(|cell| presence(cell, &[]) == Presence::Present)
    }

    /// Whether at least half of the values are like that, and there is one. The names say more: what does not fit is an
    /// error with its line, which is better than a column overlooked.
    fn mostly(&self, c: usize, is: impl Fn(&str) -> bool) -> bool {
        let (mut all, mut like) = (0, 0);
        for cell in self.cells(c) {
            all += 1;
            like += usize::from(is(cell));
        }
        like > 0 && like * 2 >= all
    }

    fn date(&self, c: usize) -> u32 {
        let words = words(&self.names[c]);
        let named = says_date(&self.names[c]);
        let written = self.mostly(c, |cell| date::read(cell).is_some())
            || (named
                && self.mostly(c, |cell| {
                    date::read_compact(cell).is_some() || looks_like_number(cell)
                }));
        let compact = self.mostly(c, |cell| date::read_compact(cell).is_some());
        if !written && !compact {
            return 0;
        }
        if words.iter().any(|w| among(OTHER_DATES, w)) {
            return 1;
        }
        let moment = words.iter().any(|w| among(MOMENTS, w));
        2 + 2 * u32::from(moment) + u32::from(named)
    }

    fn customer(&self, c: usize) -> u32 {
        let words = words(&self.names[c]);
        let joined = words.concat();
        let other = [ORDERS, PRODUCTS, CATEGORIES, CHANNELS, EVENTS]
            .iter()
            .any(|list| words.iter().any(|w| among(list, w)) || (words.len() == 1 && starts(list, &joined)));
        match id_strength(&self.names[c]) {
            // A bare `id` may as well number the lines.
            90 => 1,
            strength @ 70.. if !other => strength,
            _ => 0,
        }
    }

    fn identifier(&self, c: usize, list: &str) -> u32 {
        let words = words(&self.names[c]);
        let joined = words.concat();
        let subject = words.iter().any(|w| among(list, w));
        let number = words.iter().any(|w| among(NUMBERS, w));
        if words
            .iter()
            .any(|w| among(AMOUNTS, w) || among(QUANTITIES, w) || among(PRICES, w))
            || self.date(c) > 1
        {
            return 0;
        }
        if (subject && number) || starts(list, &joined) {
            3
        } else if words.len() == 1 && subject {
            2
        } else {
            0
        }
    }

    fn label(&self, c: usize, list: &str) -> u32 {
        let words = words(&self.names[c]);
        if !words.iter().any(|w| among(list, w)) || self.date(c) > 0 {
            return 0;
        }
        let number = words.iter().any(|w| among(NUMBERS, w));
        if number {
            1
        } else {
            2 + u32::from(words.last().is_some_and(|w| among(list, w)))
        }
    }

    fn number(&self, c: usize, list: &str, without: &str) -> u32 {
        let words = words(&self.names[c]);
        let named = words.iter().any(|w| among(list, w)) || among(list, &words.concat());
        if !named || words.iter().any(|w| among(without, w)) || !self.mostly(c, looks_like_number) {
            return 0;
        }
        1 + u32::from(words.len() == 1)
            + u32::from(
                words
                    .iter()
                    .any(|w| matches!(w.as_str(), "line" | "amount" | "unit")),
            )
    }
}

/// Whether `joined` is a word of the list and a word for "number" in one, as `invoiceno` and `bestellnr`.
fn starts(list: &str, joined: &str) -> bool {
    list.split_ascii_whitespace()
        .any(|word| joined.strip_prefix(word).is_some_and(|rest| among(NUMBERS, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], row: &[&str]) -> Vec<(&'static str, String)> {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let sample = vec![row.iter().map(|c| (*c).to_owned()).collect()];
        let p = places("t.csv", &names, &sample, &Roles::default(), &mut Vec::new()).expect("found");
        let mut out = vec![
            ("customer", names[p.customer].clone()),
            ("date", names[p.date].clone()),
        ];
        let further = [
            ("order", p.order),
            ("amount", p.amount),
            ("quantity", p.quantity),
            ("price", p.price),
            ("product", p.product),
            ("category", p.category),
            ("channel", p.channel),
            ("event", p.event),
            ("currency", p.currency),
        ];
        out.extend(
            further
                .into_iter()
                .filter_map(|(role, c)| c.map(|c| (role, names[c].clone()))),
        );
        out.extend(p.discounts.iter().map(|&c| ("discount", names[c].clone())));
        out
    }

    fn words(found: &[(&str, String)]) -> String {
        found
            .iter()
            .map(|(role, name)| format!("{role}={name}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn columns_of_well_known_files_are_known_by_name() {
        let retail = found(
            &[
                "InvoiceNo",
                "StockCode",
                "Description",
                "Quantity",
                "InvoiceDate",
                "UnitPrice",
                "CustomerID",
                "Country",
            ],
            &[
                "536365",
                "85123A",
                "HOLDER",
                "6",
                "2010-12-01 08:26:00",
                "2.55",
                "17850.0",
                "United Kingdom",
            ],
        );
        assert_eq!(
            words(&retail),
            "customer=CustomerID date=InvoiceDate order=InvoiceNo quantity=Quantity price=UnitPrice product=StockCode"
        );
        let journey = found(
            &[
                "household_id",
                "store_id",
                "basket_id",
                "product_id",
                "quantity",
                "sales_value",
                "retail_disc",
                "coupon_disc",
                "coupon_match_disc",
                "week",
                "transaction_timestamp",
            ],
            &[
                "2261",
                "309",
                "31625220889",
                "940996",
                "1",
                "3.86",
                "0.43",
                "0",
                "0",
                "5",
                "2017-01-28 19:06:53",
            ],
        );
        assert_eq!(
            words(&journey),
            "customer=household_id date=transaction_timestamp order=basket_id amount=sales_value quantity=quantity product=product_id discount=retail_disc discount=coupon_disc discount=coupon_match_disc"
        );
        let plain = found(
            &["customer_id", "trans_date", "tran_amount"],
            &["CS5295", "2/11/2013", "35"],
        );
        assert_eq!(
            words(&plain),
            "customer=customer_id date=trans_date amount=tran_amount"
        );
    }

    #[test]
    fn names_in_other_languages_are_known() {
        let german = found(
            &[
                "Kundennummer",
                "Bestellnr",
                "Bestelldatum",
                "Betrag",
                "Artikelnummer",
                "Warengruppe",
                "Kanal",
                "Währung",
            ],
            &[
                "K1",
                "B7",
                "31.01.2024",
                "12,50",
                "A1",
                "Schuhe",
                "Filiale",
                "EUR",
            ],
        );
        assert_eq!(
            words(&german),
            "customer=Kundennummer date=Bestelldatum order=Bestellnr amount=Betrag product=Artikelnummer category=Warengruppe channel=Kanal currency=Währung"
        );
        let log = found(
            &["user_id", "event_type", "timestamp"],
            &["u1", "visit", "2024-01-31T10:00:00"],
        );
        assert_eq!(words(&log), "customer=user_id date=timestamp event=event_type");
    }

    #[test]
    fn a_file_in_which_nobody_is_named_is_refused_with_its_columns() {
        let names = ["a", "day"].map(str::to_owned);
        let sample = vec![vec!["1".to_owned(), "2024-01-31".to_owned()]];
        let error = places("t.csv", &names, &sample, &Roles::default(), &mut Vec::new()).expect_err("nobody");
        insta::assert_snapshot!(error, @"t.csv: no column names the customers as far as its name tells; name it with `customer`, by its name or its number; the columns are a, day");
    }
}
