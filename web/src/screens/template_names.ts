// The families that every organization begins with, and the ready strategies: they have names in
// the words; others are shown as they are called.
export const TEMPLATES = ["adeudo_aviso", "aviso", "baja_servicio", "cesion", "cobro_rechazado",
  "correo_fallido", "disputa_recibida", "entrega", "gracias", "negociacion", "plan_cuota", "plan_oferta",
  "promesa_incumplida", "promesa_recordatorio", "reanudacion", "recibo", "recordatorio", "restablecido",
  "silencio", "suspension", "vence_hoy", "call", "sms", "whatsapp", "letter", "escalation"] as const;

/** A node or a strategy that nobody gave a title: its name as one would say it. */
export const spoken = (name: string) => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const READY = ["b2b_30_dias", "b2b_espana_cuenta", "b2b_espana_factura", "b2c_consumo",
  "b2c_latam_cuenta", "b2c_latam_factura", "deuda_antigua", "entrega_factura", "entrega_seguimiento",
  "grandes_cuentas", "suscripcion_saas"] as const;
